import { rowAt, type Layout, type LayoutOptions, HIGHEST_PAGE } from './layout';

/** More cells than this are never in the document. */
export const MOST_CELLS = 280;

/** Rows to draw: from the first up to the one before `to`. */
export interface Rows {
  from: number;
  to: number;
}

/** Number of photos in rows. */
export function cellsIn(layout: Layout, { from, to }: Rows): number {
  return (layout.first[to] ?? 0) - (layout.first[from] ?? 0);
}

/**
 * The rows in sight, and as many above and below them as keep the cells within `budget`, up to a screen's height on
 * either side.
 */
export function visibleRows(layout: Layout, scrollTop: number, height: number, budget = MOST_CELLS): Rows {
  if (layout.count === 0) return { from: 0, to: 0 };
  const rows = { from: rowAt(layout, scrollTop), to: rowAt(layout, scrollTop + height) + 1 };
  while (rows.to - rows.from > 1 && cellsIn(layout, rows) > budget) rows.to--;
  for (let grown = true; grown;) {
    grown = false;
    const below = { ...rows, to: rows.to + 1 };
    if (rows.to < layout.top.length && (layout.top[rows.to] ?? 0) < scrollTop + 2 * height) {
      grown = cellsIn(layout, below) <= budget;
      if (grown) rows.to++;
    }
    const above = { ...rows, from: rows.from - 1 };
    if (rows.from > 0 && (layout.top[rows.from] ?? 0) > scrollTop - height && cellsIn(layout, above) <= budget) {
      rows.from--;
      grown = true;
    }
  }
  return rows;
}

/**
 * The smallest height of rows for which a window of this size needs no more cells than there may be, and the page
 * stays within what web views can scroll.
 *
 * @param mean mean of width divided by height over the photos
 */
export function smallestTarget(
  options: Pick<LayoutOptions, 'mode' | 'width' | 'gap'>,
  height: number,
  mean = 1.5,
  budget = MOST_CELLS,
): number {
  const shape = options.mode === 'uniform' ? 1 : Math.max(0.5, mean);
  for (let target = 48; target < 1000; target += 4) {
    // Rows come out up to a fifth lower than the target, and two of them are cut by the window's edges.
    const lowest = options.mode === 'uniform' ? target * 0.96 : target * 0.85;
    const across = Math.ceil((options.width + options.gap) / (lowest * shape + options.gap)) + 1;
    const down = Math.ceil(height / (lowest + options.gap)) + 2;
    if (across * down <= budget) return target;
  }
  return 1000;
}

/** The largest height of rows for which `count` photos fit on a page that web views can scroll. */
export function largestTarget(count: number, width: number): number {
  let target = 640;
  while (target > 48 && (count / Math.max(1, Math.floor(width / (target * 1.5)))) * target > HIGHEST_PAGE) target -= 8;
  return target;
}
