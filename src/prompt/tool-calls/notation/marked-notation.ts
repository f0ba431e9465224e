/**
 * Arguments that stand each between marks of its own: a string as it is, up to the mark that ends it, other values as JSON. What a reader would
 * take for something else can't be written: a mark, and a string that looks like another value where the schema leaves both open.
 */
import { complementAutomaton } from '../../../formats/json-schema-grammar/automaton/complement-automaton.ts';
import { knownPattern } from '../../../formats/json-schema-grammar/automaton/known-pattern.ts';
import type { TextAutomaton } from '../../../formats/json-schema-grammar/automaton/text-automaton.ts';
import {
  beginningFreeAutomaton,
  wordFreeAutomaton,
} from '../../../formats/json-schema-grammar/automaton/word-free-automaton.ts';
import { restrictedJson } from '../../../formats/json-schema-grammar/notation/json-notation.ts';
import type { ValueNotation } from '../../../formats/json-schema-grammar/notation/value-notation.ts';
import { isPlainText } from './plain-text.ts';
import { rawTextForm } from './raw-text-form.ts';

export interface ValueMarks {
  readonly name: string;
  readonly beforeKey: string;
  readonly afterKey: string;
  readonly valueEnd: string;
  readonly afterValue: string;
  /** Texts that a value can't hold, since a parser would take them for marks. */
  readonly reserved: readonly string[];
  /** The line break that a value begins or ends with is not taken for part of it. */
  readonly losesLineBreaks: boolean;
}

export function createMarkedArguments(marks: ValueMarks): ValueNotation {
  const { name, beforeKey, afterKey, valueEnd, afterValue, reserved } = marks;
  const json = {
    ...restrictedJson(`${name}-json`, [wordFreeAutomaton(reserved)], [beginningFreeAutomaton(reserved)]),
    mostDigits: exactDigits,
  };
  const value = (kind: string, restrictions: readonly TextAutomaton[]): ValueNotation => ({
    ...json,
    name: `${name}-${kind}`,
    strings: [
      rawTextForm({
        name: `${name}-${kind}`,
        open: '',
        close: '',
        words: reserved,
        restrictions: marks.losesLineBreaks ? [...restrictions, withinLines] : restrictions,
      }),
    ],
    inside: () => json,
  });
  const text = value('text', [notNull]);
  const mixed = value('mixed', [notOfAnotherKind]);
  return {
    ...json,
    name,
    keys: rawTextForm({ name: `${name}-key`, open: beforeKey, close: '', words: [], restrictions: [keyPattern] }),
    object: { open: '', close: '', afterKey, afterValue: valueEnd + afterValue, separator: '' },
    blanks: 'none',
    inside: (schemas) => (schemas.length === 1 && isPlainText(schemas[0]) ? text : mixed),
  };
}

/** A whole number of more is no exact double, and parsers leave it a text. */
const exactDigits = 15;

const keyPattern = knownPattern(/^[^\s<>](?:[^\n\r\t<>]*[^\s<>])?$/);
const withinLines = knownPattern(/^(?:[^\n](?:[\s\S]*[^\n])?)?$/);
const notNull = complementAutomaton(knownPattern(/^[Nn][Uu][Ll][Ll]$/));
const notOfAnotherKind = complementAutomaton(
  knownPattern(/^\s*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Nn][Uu][Ll][Ll])\s*$|^\s*[-+.0-9[{"]/),
);
