/** Sets of Unicode scalar values, as sorted inclusive ranges with a gap between neighbours. Surrogates belong to no set. */
export type CodePointSet = readonly (readonly [first: number, last: number])[];

export const allCodePoints: CodePointSet = [
  [0, 0xd7ff],
  [0xe000, 0x10ffff],
];

/** The union of any ranges, in any order, surrogates taken out. */
export function codePointSet(ranges: CodePointSet): CodePointSet {
  const merged: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return intersection(merged, allCodePoints);
}

export function intersection(left: CodePointSet, right: CodePointSet): CodePointSet {
  const result: [number, number][] = [];
  let rightIndex = 0;
  for (const [first, last] of left) {
    while ((right[rightIndex]?.[1] ?? Infinity) < first) rightIndex++;
    for (let index = rightIndex; index < right.length; index++) {
      const other = right[index];
      if (other === undefined || other[0] > last) break;
      result.push([Math.max(first, other[0]), Math.min(last, other[1])]);
    }
  }
  return result;
}

export function complement(set: CodePointSet): CodePointSet {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [first, last] of set) {
    if (first > next) gaps.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= 0x10ffff) gaps.push([next, 0x10ffff]);
  return intersection(gaps, allCodePoints);
}

export function hasCodePoint(set: CodePointSet, codePoint: number): boolean {
  let low = 0;
  let high = set.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = set[middle];
    if (range === undefined) return false;
    if (codePoint < range[0]) high = middle - 1;
    else if (codePoint > range[1]) low = middle + 1;
    else return true;
  }
  return false;
}
