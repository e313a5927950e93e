import type { DuplicateGroup, DuplicatePhoto, Relation } from '../../host/types';
import type { Size } from '../zoom';

/** Ids of all photos but the keepers. */
export function allButKeepers(groups: readonly DuplicateGroup[]): number[] {
  return groups.flatMap(({ keeper, photos }) => photos.map(({ id }) => id).filter((id) => id !== keeper));
}

/** Bytes of all photos but the keepers. */
export function spareBytes(groups: readonly DuplicateGroup[]): number {
  let bytes = 0;
  for (const { keeper, photos } of groups) for (const photo of photos) if (photo.id !== keeper) bytes += photo.bytes;
  return bytes;
}

/** The kinds of likeness that there are, and in how many groups. */
export function relationsIn(groups: readonly DuplicateGroup[]): Map<Relation, number> {
  const counts = new Map<Relation, number>();
  for (const { photos } of groups) {
    const kinds = new Set(photos.map(({ relation }) => relation));
    kinds.delete('keeper');
    for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return new Map([...counts].sort((a, b) => b[1] - a[1]));
}

/** The groups with a likeness of this kind, and of them only the photos of it; all of them for null. */
export function ofRelation(groups: readonly DuplicateGroup[], relation: Relation | null): DuplicateGroup[] {
  if (relation === null) return [...groups];
  return groups
    .map((group) => ({
      ...group,
      photos: group.photos.filter((photo) => photo.id === group.keeper || photo.relation === relation),
    }))
    .filter(({ photos }) => photos.length > 1);
}

/** How a photo is laid over its keeper: mirrored or not, and then turned clockwise by quarters. */
export interface Alignment {
  mirrored: boolean;
  quarters: number;
}

/** What is known of it from the kind of likeness and the shapes; the user can turn further. */
export function likelyAlignment(keeper: DuplicatePhoto, other: DuplicatePhoto): Alignment {
  if (other.relation === 'mirrored') return { mirrored: true, quarters: 0 };
  if (other.relation !== 'rotated') return { mirrored: false, quarters: 0 };
  const sameShape = keeper.width >= keeper.height === other.width >= other.height;
  return { mirrored: false, quarters: sameShape ? 2 : 1 };
}

/** How much two shapes may differ, as a share, and still be of one picture: sizes are rounded to pixels. */
const ROUNDING = 0.03;

/** Whether two photos cover each other when one is laid over the other: a part cut out of a photo does not. */
export function coversKeeper(keeper: Size, other: Size, { quarters }: Alignment): boolean {
  const turned = quarters % 2 === 1 ? { width: other.height, height: other.width } : other;
  const [a, b] = [keeper.width / Math.max(1, keeper.height), turned.width / Math.max(1, turned.height)];
  return Math.abs(a / b - 1) < ROUNDING;
}
