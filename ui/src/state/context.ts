import { createContext } from 'svelte';
import type { App } from './app.svelte';

/** The state of the window, for every component below `App.svelte`. */
export const [getApp, setApp] = createContext<App>();
