/** A headed stretch of the grid: the photos of a month, the strong matches of a search, or the others. */
export interface Section {
  readonly kind: 'month' | 'strong' | 'rest';
  /** Index of the first photo, and of the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Time of the first photo of a month. */
  readonly time: number;
}

/** When the month of a time begins and when the next one does, by the camera's own clock. */
function monthOf(time: number): { begin: number; end: number } {
  const date = new Date(time);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  // Not Date.UTC(year, …), which takes the years 0 to 99 for 1900 to 1999.
  const begin = new Date(0).setUTCFullYear(year, month, 1);
  return { begin, end: new Date(0).setUTCFullYear(year, month + 1, 1) };
}

/** Divides times in order into months. A date is made for each month only, not for each of 100,000 photos. */
export function byMonth(time: ArrayLike<number>): Section[] {
  const sections: Section[] = [];
  for (let from = 0; from < time.length;) {
    const start = time[from] ?? 0;
    const { begin, end } = monthOf(start);
    let to = from + 1;
    while (to < time.length && (time[to] ?? 0) >= begin && (time[to] ?? 0) < end) to++;
    sections.push({ kind: 'month', from, to, time: start });
    from = to;
  }
  return sections;
}

/** Divides ranked results at the relevance cut. A side that is empty gets no heading. */
export function atCut(count: number, strong: number): Section[] {
  const cut = Math.min(count, Math.max(0, strong));
  const sections: Section[] = [
    { kind: 'strong', from: 0, to: cut, time: 0 },
    { kind: 'rest', from: cut, to: count, time: 0 },
  ];
  return sections.filter(({ from, to }) => to > from);
}
