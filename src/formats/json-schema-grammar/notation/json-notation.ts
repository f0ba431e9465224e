import type { TextAutomaton } from '../automaton/text-automaton.ts';
import { jsonCharacters } from './json-characters.ts';
import type { StringForm, ValueNotation } from './value-notation.ts';

const content = (text: string): string => JSON.stringify(text).slice(1, -1);

function jsonString(
  name: string,
  restrictions: readonly TextAutomaton[],
  coarse: readonly TextAutomaton[],
): StringForm {
  return { name, open: '"', close: '"', restrictions, coarse, encoded: jsonCharacters, write: content };
}

function createJsonNotation(name: string, string: StringForm): ValueNotation {
  const notation: ValueNotation = {
    name,
    strings: [string],
    keys: string,
    object: { open: '{', close: '}', afterKey: ':', afterValue: '', separator: ',' },
    words: { true: ['true'], false: ['false'], null: ['null'] },
    blanks: 'json',
    mostDigits: 16,
    inside: () => notation,
  };
  return notation;
}

export const jsonNotation = createJsonNotation('json', jsonString('json', [], []));

/** JSON whose strings and names are restricted, for places where some texts mean something else. */
export function restrictedJson(
  name: string,
  restrictions: readonly TextAutomaton[],
  coarse: readonly TextAutomaton[],
): ValueNotation {
  return createJsonNotation(name, jsonString(name, restrictions, coarse));
}
