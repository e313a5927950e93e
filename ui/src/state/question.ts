import type { By, PictureSource } from '../host/types';
import type { Chip, FaceChoice, PersonChip } from '../lib/query';
import type { Page } from './app.svelte';

/** A folder that the search is kept within. */
export interface Scope {
  path: string;
  name: string;
}

/** Whose like is looked for. */
export interface SimilarTo extends FaceChoice {
  source: PictureSource;
  name: string;
  by: By;
  /** Whose face it is said to be. */
  person?: number;
}

/** Photos that another page has put together, to be shown in the grid. */
export interface Picked {
  ids: readonly number[];
  name: string;
  /** They stay in their order; else they go by time. */
  ordered: boolean;
  /** The page to come back to. */
  from: Page;
}

/** What is asked. Kept as a step to come back to. */
export interface Question {
  text: string;
  chips: readonly Chip[];
  people: readonly PersonChip[];
  scope: Scope | null;
  similar: SimilarTo | null;
  picked: Picked | null;
}

/** Typing leaves behind what was asked by photos. */
export const noPhotos = { similar: null, picked: null };
/** Where every search begins. */
export const nothing: Question = { text: '', chips: [], people: [], scope: null, ...noPhotos };

/** Tokens of the pictures that it asks by, which lie in the host. */
export function tokensOf({ chips, similar }: Question): string[] {
  const sources = [...chips.map(({ source }) => source), ...(similar ? [similar.source] : [])];
  return sources.flatMap((source) => (source.kind === 'picture' ? [source.token] : []));
}

/** Whether nothing is asked at all. */
export function isNothing({ text, chips, people, scope, similar, picked }: Question): boolean {
  const none = chips.length + people.length === 0 && scope === null && similar === null && picked === null;
  return none && text.trim() === '';
}
