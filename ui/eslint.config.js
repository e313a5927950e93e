import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
    { ignores: ['dist/', 'node_modules/', 'src/host/bindings/'] },
    ...ts.configs.strict,
    ...svelte.configs.recommended,
    {
        rules: {
            'no-console': 'error',
            'no-alert': 'error',
            'max-lines': ['error', { max: 400 }],
            'no-restricted-imports': [
                'error',
                { patterns: [{ group: ['@tauri-apps/*'], message: 'Only src/host/ talks to the shell.' }] },
            ],
        },
    },
    { files: ['src/host/**'], rules: { 'no-restricted-imports': 'off' } },
    { files: ['**/*.test.ts', 'src/i18n/**'], rules: { 'max-lines': 'off' } },
    {
        files: ['**/*.svelte', '**/*.svelte.ts'],
        languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
        rules: { 'svelte/no-at-html-tags': 'error', 'max-lines': ['error', { max: 200 }] },
    },
    { files: ['**/*.svelte.ts'], rules: { 'max-lines': ['error', { max: 300 }] } },
);
