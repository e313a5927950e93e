/** How many photos there are in each of equal spans of time. */
export interface TimeBins {
  /** Unix milliseconds of the first and the last photo. */
  from: number;
  to: number;
  counts: number[];
}

/** A stretch of time, both ends included. */
export interface Span {
  from: number;
  to: number;
}

/** Divides times into `bins` equal spans; null when they are all the same. Photos without a time (0) do not count. */
export function timeBins(times: ArrayLike<number>, bins: number): TimeBins | null {
  let from = Infinity;
  let to = -Infinity;
  for (let index = 0; index < times.length; index++) {
    const time = times[index] ?? 0;
    if (time === 0) continue;
    if (time < from) from = time;
    if (time > to) to = time;
  }
  if (!(to > from)) return null;
  const counts = new Array<number>(bins).fill(0);
  for (let index = 0; index < times.length; index++) {
    const time = times[index] ?? 0;
    if (time === 0) continue;
    const bin = Math.min(bins - 1, Math.floor(((time - from) / (to - from)) * bins));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { from, to, counts };
}

export function isWithin(time: number, span: Span | null): boolean {
  return span === null || (time >= span.from && time <= span.to);
}

/** A span with one end moved; the ends do not pass each other, and the whole is no span at all. */
export function moveEnd(span: Span | null, whole: Span, end: 'from' | 'to', to: number): Span | null {
  const now = span ?? whole;
  const next =
    end === 'from'
      ? { from: Math.min(Math.max(to, whole.from), now.to), to: now.to }
      : { from: now.from, to: Math.max(Math.min(to, whole.to), now.from) };
  return next.from <= whole.from && next.to >= whole.to ? null : next;
}

/** The span moved as a whole by a time, as far as it can go. */
export function moveSpan(span: Span, whole: Span, by: number): Span {
  const within = Math.min(whole.to - span.to, Math.max(whole.from - span.from, by));
  return { from: span.from + within, to: span.to + within };
}
