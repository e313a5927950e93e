/** A headed stretch of the grid: the photos of a month, the strong matches of a search, or the others. */
export interface Section {
  readonly kind: 'month' | 'strong' | 'rest';
  /** Index of the first photo, and of the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Time of the first photo of a month. */
  readonly time: number;
}

/** Number of the month since the year 0, by the camera's own clock. */
export function monthOf(time: number): number {
  const date = new Date(time);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** Divides times in order into months. */
export function byMonth(time: ArrayLike<number>): Section[] {
  const sections: Section[] = [];
  let from = 0;
  for (let index = 1; index <= time.length; index++) {
    const start = time[from] ?? 0;
    if (index === time.length || monthOf(time[index] ?? 0) !== monthOf(start)) {
      sections.push({ kind: 'month', from, to: index, time: start });
      from = index;
    }
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
