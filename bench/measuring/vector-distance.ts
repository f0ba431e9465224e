import type { Vector } from './embed-texts.ts';

/** How far a model's vectors are from those of the same texts by another model. */
export interface VectorDistance {
  /** Cosine of the two vectors of a text, 1 = the same: the mean of all texts, and the lowest. */
  readonly meanCosine: number;
  readonly lowestCosine: number;
  /** Share of each text's nearest others that are the same by both. */
  readonly sameNearest: number;
}

/** `nearest`: how many others of each text are looked at. Both lists hold one vector of each text, more than `nearest` in all. */
export function vectorDistance(one: readonly Vector[], other: readonly Vector[], nearest: number): VectorDistance {
  const cosines = one.map((vector, text) => cosine(vector, other[text] ?? []));
  let same = 0;
  for (const text of one.keys()) {
    const found = new Set(nearestTo(text, one, nearest));
    same += nearestTo(text, other, nearest).filter((each) => found.has(each)).length;
  }
  return {
    meanCosine: cosines.reduce((sum, each) => sum + each, 0) / cosines.length,
    lowestCosine: Math.min(...cosines),
    sameNearest: same / (one.length * nearest),
  };
}

function nearestTo(text: number, vectors: readonly Vector[], count: number): number[] {
  const own = vectors[text] ?? [];
  return [...vectors.keys()]
    .filter((each) => each !== text)
    .map((each) => ({ each, closeness: cosine(own, vectors[each] ?? []) }))
    .sort((a, b) => b.closeness - a.closeness)
    .slice(0, count)
    .map(({ each }) => each);
}

function cosine(one: Vector, other: Vector): number {
  let product = 0;
  let oneSquared = 0;
  let otherSquared = 0;
  for (const [index, value] of one.entries()) {
    const against = other[index] ?? 0;
    product += value * against;
    oneSquared += value * value;
    otherSquared += against * against;
  }
  return product / Math.sqrt(oneSquared * otherSquared);
}
