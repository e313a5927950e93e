import { mount } from 'svelte';
import Root from './components/Root.svelte';
import { tauriHost } from './host/tauri';
import { App } from './state/app.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

const app = new App(tauriHost());
mount(Root, { target, props: { app } });
void app.start();
