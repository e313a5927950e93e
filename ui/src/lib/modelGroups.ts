import type { ModelStatus, Purpose } from '../host/types';

/** What the window uses models for, and the purposes that each of them serves. */
export const USES = {
  meaning: ['meaning'],
  look: ['look'],
  people: ['face-detection', 'face-embedding'],
} as const satisfies Record<string, readonly Purpose[]>;

export type Use = keyof typeof USES;

export interface ModelGroup {
  use: Use;
  /** The built-in one, the recommended one, and what is here or under way. */
  main: ModelStatus[];
  others: ModelStatus[];
}

/**
 * Models by what they are for. Those whose purpose the window does not serve are left out. `needed` are ids of those that
 * something waits for.
 */
export function groupModels(models: readonly ModelStatus[], needed: readonly string[] = []): ModelGroup[] {
  const matters = ({ id, state, default: recommended }: ModelStatus) =>
    recommended || state !== 'missing' || needed.includes(id);
  return (Object.keys(USES) as Use[])
    .map((use) => {
      const own = models.filter(({ purposes }) => serves(purposes, use));
      return { use, main: own.filter(matters), others: own.filter((model) => !matters(model)) };
    })
    .filter(({ use, main, others }) => use !== 'people' || main.length + others.length > 0);
}

export function serves(purposes: readonly Purpose[], use: Use): boolean {
  return purposes.some((purpose) => (USES[use] as readonly Purpose[]).includes(purpose));
}

/** What a purpose serves. A text tower of other languages serves meaning. */
export function useOf(purpose: Purpose | null): Use {
  return (Object.keys(USES) as Use[]).find((use) => purpose && serves([purpose], use)) ?? 'meaning';
}
