/** The named character classes of ECMAScript's regular expressions. */
import { type CodePointSet, codePointSet, complement } from './code-point-set.ts';

const digits: CodePointSet = [[0x30, 0x39]];
const wordCharacters: CodePointSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const whiteSpace: CodePointSet = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

/** What `.` matches: all but the line terminators. */
export const anyButLineEnd = complement([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
]);

/** Sets by the letter after the backslash. */
export const classEscapes: ReadonlyMap<string, CodePointSet> = new Map([
  ['d', digits],
  ['D', complement(digits)],
  ['w', wordCharacters],
  ['W', complement(wordCharacters)],
  ['s', whiteSpace],
  ['S', complement(whiteSpace)],
]);

/** Found property sets. Only real names get in, so Unicode's own list (some 400 spellings) bounds it. */
const propertySets = new Map<string, CodePointSet>();

/** The set of `\p{property}`, asked of the runtime's own Unicode tables; undefined for a name it does not know. */
export function unicodeProperty(property: string): CodePointSet | undefined {
  const known = propertySets.get(property);
  if (known !== undefined) return known;
  let expression: RegExp;
  try {
    expression = new RegExp(`^\\p{${property}}$`, 'u');
  } catch {
    return undefined; // not a property: the caller refuses the pattern
  }
  const ranges: [number, number][] = [];
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    if (codePoint === 0xd800) codePoint = 0xe000;
    if (!expression.test(String.fromCodePoint(codePoint))) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === codePoint - 1) last[1] = codePoint;
    else ranges.push([codePoint, codePoint]);
  }
  const set = codePointSet(ranges);
  propertySets.set(property, set);
  return set;
}
