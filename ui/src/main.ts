import { mount } from 'svelte';
import Root from './components/Root.svelte';
import { tauriHost } from './host/tauri';
import { App } from './state/app.svelte';

/** Milliseconds that the window waits for the language and the theme before it shows itself without them. */
const PATIENCE = 400;

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

const app = new App(tauriHost());
const prepared = app.prepare();
await Promise.race([prepared, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
mount(Root, { target, props: { app } });
await prepared;
await app.load();
