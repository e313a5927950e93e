/** Values in words, for a locale (BCP 47). */

const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter takes longer than drawing a photo's cell, so each is made once. */
function numbers(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  let format = numberFormats.get(key);
  if (!format) numberFormats.set(key, (format = new Intl.NumberFormat(locale, options)));
  return format;
}

/** Times are the camera's wall clock, read as UTC. */
function dates(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let format = dateFormats.get(key);
  if (!format) dateFormats.set(key, (format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })));
  return format;
}

export function formatNumber(value: number, locale: string, digits = 0): string {
  return numbers(locale, { maximumFractionDigits: digits }).format(value);
}

/** A cosine with three digits, so that scores line up. */
export function formatScore(value: number, locale: string): string {
  return numbers(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(value);
}

export function formatPercent(share: number, locale: string): string {
  return numbers(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes in decimal units, as all systems' file managers but Windows' show them. */
export function formatBytes(bytes: number, locale: string): string {
  let unit = 0;
  let value = bytes;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${formatNumber(value, locale, digits)} ${BYTE_UNITS[unit]}`;
}

/** A span of time for a clock that is looked at now and then: hours and minutes, or minutes, or seconds. */
export function splitDuration(seconds: number): { hours: number; minutes: number; seconds: number } {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return { hours: 0, minutes: 0, seconds: whole };
  const minutes = Math.round(whole / 60);
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60, seconds: 0 };
}

/** "March 2024" of a time by the camera's clock. */
export function formatMonth(time: number, locale: string): string {
  return dates(locale, { year: 'numeric', month: 'long' }).format(time);
}

/** Date and time of day by the camera's clock. */
export function formatMoment(time: number, locale: string): string {
  return dates(locale, { dateStyle: 'long', timeStyle: 'short' }).format(time);
}

/** A day by the camera's clock. */
export function formatDay(time: number, locale: string): string {
  return dates(locale, { dateStyle: 'medium' }).format(time);
}

/** Degrees with the letters of the compass: 48.8584° N, 2.2945° E. */
export function formatPlace(latitude: number, longitude: number, locale: string): string {
  const side = (value: number, letter: string) => `${formatNumber(Math.abs(value), locale, 4)}° ${letter}`;
  return `${side(latitude, latitude < 0 ? 'S' : 'N')}, ${side(longitude, longitude < 0 ? 'W' : 'E')}`;
}

/** Last part of a path of any system. */
export function baseName(path: string): string {
  return (
    path
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) ?? path
  );
}
