import type { Layout } from './layout';

/** A year beside the scroll bar. */
export interface YearMark {
  year: number;
  /** Where, between 0 at the top and 1 at the bottom. */
  at: number;
}

/** The years of a layout, without those that would come closer than `apart` (a share of the height) to the last one shown. */
export function yearMarks(layout: Layout, apart: number): YearMark[] {
  const marks: YearMark[] = [];
  let year: number | null = null;
  for (const heading of layout.headings) {
    const its = new Date(heading.section.time).getUTCFullYear();
    if (its === year) continue;
    year = its;
    const at = layout.height > 0 ? heading.top / layout.height : 0;
    const before = marks.at(-1);
    if (!before || at - before.at >= apart) marks.push({ year: its, at });
  }
  return marks;
}

/** Time of the section at a height of the page; null without sections. */
export function timeAt(layout: Layout, y: number): number | null {
  let low = 0;
  let high = layout.headings.length - 1;
  if (high < 0) return null;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((layout.headings[middle]?.top ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return layout.headings[low]?.section.time ?? null;
}
