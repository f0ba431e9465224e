import type { CodePointSet } from '../automaton/code-point-set.ts';

/** Characters that stand for themselves in a JSON string. DEL may too, but no terminal should be sent one. */
export const plainCharacters: CodePointSet = [
  [0x20, 0x21],
  [0x23, 0x5b],
  [0x5d, 0x7e],
  [0x80, 0xd7ff],
  [0xe000, 0x10ffff],
];
