import type { ModelStatus } from '../host/types';

export interface ModelGroup {
  purpose: 'meaning' | 'look';
  /** The built-in one, the recommended one, and what is here or under way. */
  main: ModelStatus[];
  others: ModelStatus[];
}

/** Models by what they are for. Those whose purpose the window does not serve are left out. */
export function groupModels(models: readonly ModelStatus[]): ModelGroup[] {
  const matters = ({ state, default: recommended }: ModelStatus) => recommended || state !== 'missing';
  return (['meaning', 'look'] as const).map((purpose) => {
    const own = models.filter(({ purposes }) => purposes.includes(purpose));
    return { purpose, main: own.filter(matters), others: own.filter((model) => !matters(model)) };
  });
}
