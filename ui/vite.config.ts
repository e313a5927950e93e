import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  // Runes react only in the browser's build of Svelte; without this the tests would get the server's.
  resolve: { conditions: ['browser', 'module', 'import', 'default'] },
  build: {
    // WebKitGTK 2.40, Safari 16 and WebView2 all understand it.
    target: ['es2022', 'safari16'],
    // The content security policy allows files of our own alone: no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { port: 5173, strictPort: true },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
