/** Texts that stand as they are between two marks, without escapes: so they can't hold what would be taken for a mark. */
import { intersection } from '../../../formats/json-schema-grammar/automaton/code-point-set.ts';
import type { TextAutomaton } from '../../../formats/json-schema-grammar/automaton/text-automaton.ts';
import {
  beginningFreeAutomaton,
  wordFreeAutomaton,
} from '../../../formats/json-schema-grammar/automaton/word-free-automaton.ts';
import { characters, nothingMatches } from '../../../formats/json-schema-grammar/grammar/grammar-expression.ts';
import type { StringForm } from '../../../formats/json-schema-grammar/notation/value-notation.ts';

export interface RawTextOptions {
  readonly name: string;
  readonly open: string;
  readonly close: string;
  /** What the texts can't hold. */
  readonly words: readonly string[];
  readonly restrictions?: readonly TextAutomaton[];
}

export function rawTextForm({ name, open, close, words, restrictions = [] }: RawTextOptions): StringForm {
  return {
    name,
    open,
    close,
    restrictions: [wordFreeAutomaton(words), ...restrictions],
    coarse: [beginningFreeAutomaton(words), ...restrictions],
    encoded: (set) => {
      const shown = intersection(set, textCharacters);
      return shown.length === 0 ? nothingMatches : characters(shown);
    },
    write: (content) => content,
  };
}

/** Without controls that no text should have. */
const textCharacters = [
  [0x9, 0xa],
  [0x20, 0x7e],
  [0x80, 0xd7ff],
  [0xe000, 0x10ffff],
] as const;
