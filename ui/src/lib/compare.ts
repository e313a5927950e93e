/** A photo that both lists of a comparison hold. */
export interface Shared {
  id: number;
  /** Places in the two lists, from 0. */
  meaning: number;
  look: number;
}

/** Photos that two ranked lists share, in the order of the sum of their places. */
export function sharedResults(meaning: readonly number[], look: readonly number[]): Shared[] {
  const places = new Map(look.map((id, index) => [id, index]));
  return meaning
    .flatMap((id, index) => {
      const other = places.get(id);
      return other === undefined ? [] : [{ id, meaning: index, look: other }];
    })
    .sort((a, b) => a.meaning + a.look - (b.meaning + b.look));
}
