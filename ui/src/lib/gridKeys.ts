import { boxOf, rowAt, rowOf, type Layout } from './layout';

/** Index of the photo that a key leads to from the one at `index`; null for keys that do not move. */
export function moveBy(key: string, layout: Layout, index: number, pageHeight: number): number | null {
  if (layout.count === 0) return null;
  const last = layout.count - 1;
  switch (key) {
    case 'ArrowRight':
      return Math.min(last, index + 1);
    case 'ArrowLeft':
      return Math.max(0, index - 1);
    case 'ArrowDown':
      return inRow(layout, index, rowOf(layout, index) + 1);
    case 'ArrowUp':
      return inRow(layout, index, rowOf(layout, index) - 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'PageDown':
      return inRow(layout, index, rowAt(layout, boxOf(layout, index).top + pageHeight));
    case 'PageUp':
      return inRow(layout, index, rowAt(layout, boxOf(layout, index).top - pageHeight));
    default:
      return null;
  }
}

/** The photo of a row whose middle is nearest to that of the photo at `index`; beyond the ends, the photo itself. */
function inRow(layout: Layout, index: number, row: number): number {
  if (row < 0 || row >= layout.top.length) return index;
  const middle = (at: number) => (layout.left[at] ?? 0) + (layout.width[at] ?? 0) / 2;
  const wanted = middle(index);
  let nearest = layout.first[row] ?? 0;
  for (let at = nearest; at < (layout.first[row + 1] ?? 0); at++) {
    if (Math.abs(middle(at) - wanted) < Math.abs(middle(nearest) - wanted)) nearest = at;
  }
  return nearest;
}
