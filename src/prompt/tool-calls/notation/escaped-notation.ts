/** The values of Google's function-calling models: like JSON, with bare names, and a mark on both sides of a string, which has no escapes. */
import { knownPattern } from '../../../formats/json-schema-grammar/automaton/known-pattern.ts';
import type { ValueNotation } from '../../../formats/json-schema-grammar/notation/value-notation.ts';
import { rawTextForm } from './raw-text-form.ts';

export interface EscapedNotationOptions {
  readonly name: string;
  /** The mark on both sides of a string. */
  readonly quote: string;
  /** Ends the call wherever it stands, inside a string as well. */
  readonly callEnd: string;
}

export function createEscapedNotation({ name, quote, callEnd }: EscapedNotationOptions): ValueNotation {
  const notation: ValueNotation = {
    name,
    strings: [rawTextForm({ name: `${name}-text`, open: quote, close: quote, words: [quote, callEnd] })],
    keys: rawTextForm({ name: `${name}-key`, open: '', close: '', words: [], restrictions: [bareName] }),
    object: { open: '{', close: '}', afterKey: ':', afterValue: '', separator: ',' },
    words: { true: ['true'], false: ['false'], null: ['null'] },
    blanks: 'none',
    mostDigits: 16,
    inside: () => notation,
  };
  return notation;
}

const bareName = knownPattern(/^[^\s:,{}[\]"'<>|]+$/);
