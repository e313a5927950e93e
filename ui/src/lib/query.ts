import type { Completion, PictureSource, PictureTerm, SimilarRequest } from '../host/types';

/** A picture in the query bar. */
export interface Chip {
  /** Unlike any other in the bar, so that a list can be keyed by it. */
  readonly key: string;
  readonly source: PictureSource;
  readonly name: string;
  /** Negative: not like this. Never 0. */
  readonly weight: number;
}

/** Which face is meant: one of a photo, by its id; one of any other picture, by its place from the left, from 0. */
export interface FaceChoice {
  readonly face?: number;
  readonly faceIndex?: number;
}

/** Weights that the plus and minus of a chip step through. */
const STEPS = [0.5, 1, 2, 3, 5];

export function chipKey(source: PictureSource): string {
  return source.kind === 'photo' ? `photo-${source.id}` : `picture-${source.token}`;
}

/** Adds a picture; one that is there already takes the new weight. */
export function withChip(chips: readonly Chip[], source: PictureSource, name: string, weight = 1): Chip[] {
  const chip: Chip = { key: chipKey(source), source, name, weight };
  const known = chips.some(({ key }) => key === chip.key);
  return known ? chips.map((other) => (other.key === chip.key ? chip : other)) : [...chips, chip];
}

/** The next heavier or lighter weight with the same sign; the ends stay. */
export function stepWeight(weight: number, direction: 1 | -1): number {
  const size = Math.abs(weight);
  const next = direction > 0 ? STEPS.find((step) => step > size) : STEPS.findLast((step) => step < size);
  return Math.sign(weight) * (next ?? size);
}

export function pictureTerms(chips: readonly Chip[]): PictureTerm[] {
  return chips.map(({ source, weight }) => ({ source, weight }));
}

/** A picture, and a face in it, as the question for similar photos names them. */
export function pictureOf(
  source: PictureSource,
  { face, faceIndex }: FaceChoice = {},
): Pick<SimilarRequest, 'photo' | 'picture' | 'face' | 'faceIndex'> {
  const isPhoto = source.kind === 'photo';
  return {
    photo: isPhoto ? source.id : null,
    picture: isPhoto ? null : source.token,
    face: face ?? null,
    faceIndex: faceIndex ?? null,
  };
}

/** UTF-16 offsets of a stretch that the host counts in characters (Unicode scalar values). */
export function utf16Range(text: string, at: number, length: number): { from: number; to: number } {
  let from = text.length;
  let to = text.length;
  let character = 0;
  let offset = 0;
  for (const each of text) {
    if (character === at) from = offset;
    if (character === at + length) {
      to = offset;
      break;
    }
    character++;
    offset += each.length;
  }
  return { from: Math.min(from, to), to };
}

/** Text and cursor after a completion was taken. A filter's name waits for its value; a whole one is followed by a space. */
export function take(text: string, completion: Completion): { text: string; cursor: number } {
  const after = text.slice(completion.to);
  const space = completion.kind === 'key' || after.startsWith(' ') ? '' : ' ';
  const before = text.slice(0, completion.from) + completion.text + space;
  return { text: before + after, cursor: before.length };
}

/** A completion of a person's name in a text as one of the whole filter, which is what becomes a chip; others as they are. */
export function wholeFilter(text: string, completion: Completion): Completion {
  const [filter] = /-?person:$/i.exec(text.slice(0, completion.from)) ?? [''];
  if (completion.kind !== 'person' || filter === '') return completion;
  return { ...completion, from: completion.from - filter.length, text: filter.toLowerCase() + completion.text };
}

/** Text and cursor after a completion was taken that became a chip: what it was for goes from the text. */
export function takeOut(text: string, { from, to }: Pick<Completion, 'from' | 'to'>): { text: string; cursor: number } {
  const before = text.slice(0, from);
  const after = text.slice(to).replace(before === '' || before.endsWith(' ') ? /^ +/ : /^$/, '');
  return { text: before + after, cursor: before.length };
}

/** `folder:` with a value, in quotes where it needs them. */
export function folderFilter(value: string): string {
  return /[\s"]/.test(value) ? `folder:"${value.replaceAll('"', '')}"` : `folder:${value}`;
}

/** Puts a folder's filter in place of those that are in the text. */
export function inFolderOf(text: string, value: string): string {
  const others = text.replace(/(^|\s)folder:("[^"]*"|\S*)/g, ' ').trim();
  return [folderFilter(value), others].filter(Boolean).join(' ');
}

/** Somebody who has to be in the photos, or must not be. */
export interface PersonChip {
  readonly name: string;
  /** Id of the face that stands for them. */
  readonly cover: number | null;
  readonly without: boolean;
}

/** Adds somebody; one who is there already takes the new sign. */
export function withPerson(people: readonly PersonChip[], person: PersonChip): PersonChip[] {
  const known = people.some(({ name }) => name === person.name);
  return known ? people.map((other) => (other.name === person.name ? person : other)) : [...people, person];
}

/** `person:` with a name, in quotes where it needs them: in typographic ones where it has plain ones itself. */
export function personFilter({ name, without }: Pick<PersonChip, 'name' | 'without'>): string {
  const sign = without ? '-' : '';
  if (!/\s|^["“”„]/.test(name)) return `${sign}person:${name}`;
  return name.includes('"') ? `${sign}person:“${name.replace(/[“”]/g, '')}”` : `${sign}person:"${name}"`;
}

/** The name and the sign of a `person:` filter as a completion writes it; null for anything else. */
export function parsePersonFilter(written: string): { name: string; without: boolean } | null {
  const found = /^(-?)person:(?:"([^"]+)"|“([^“”]+)”|([^\s"“”„]\S*))$/.exec(written.trim());
  return found ? { name: found[2] ?? found[3] ?? found[4] ?? '', without: found[1] === '-' } : null;
}
