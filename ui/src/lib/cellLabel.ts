import type { Messages } from '../i18n/en';
import { formatDay, formatScore } from './format';
import { Flag, type Timeline } from './timeline';

/** What a screen reader says of a photo in the grid: its number and day, its score, what is wrong with it. */
export function cellLabel(
  photos: Timeline,
  index: number,
  score: number | null,
  messages: Messages,
  locale: string,
): string {
  const time = photos.time[index] ?? 0;
  const flags = photos.flags[index] ?? 0;
  const name = messages.photoNumbered(photos.id[index] ?? 0);
  const parts = [messages.photoCell(name, time === 0 ? '' : formatDay(time, locale))];
  if (score !== null) parts.push(formatScore(score, locale));
  if (flags & Flag.offline) parts.push(messages.offline);
  if (flags & Flag.failed) parts.push(messages.unreadable);
  if (flags & Flag.pending) parts.push(messages.notYetRead);
  return parts.join(', ');
}
