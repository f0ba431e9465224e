/**
 * Arguments as Python writes them, `(city="Oslo", days=3)`. Where a string that is a whole argument keeps its backslashes, it can't hold
 * every text; inside lists and dicts escapes are always resolved.
 */
import { intersection, type CodePointSet } from '../../../formats/json-schema-grammar/automaton/code-point-set.ts';
import { knownPattern } from '../../../formats/json-schema-grammar/automaton/known-pattern.ts';
import {
  beginningFreeAutomaton,
  wordFreeAutomaton,
} from '../../../formats/json-schema-grammar/automaton/word-free-automaton.ts';
import {
  characters,
  choice,
  type GrammarExpression,
  sequence,
  text,
} from '../../../formats/json-schema-grammar/grammar/grammar-expression.ts';
import { plainCharacters } from '../../../formats/json-schema-grammar/notation/plain-characters.ts';
import type { StringForm, ValueNotation } from '../../../formats/json-schema-grammar/notation/value-notation.ts';
import { rawTextForm } from './raw-text-form.ts';

export interface PythonNotationOptions {
  /** Ends the calls wherever it stands, inside a string as well. */
  readonly callsEnd: string;
  /** Whether a string that is a whole argument has its escapes resolved. */
  readonly unescapesStrings: boolean;
}

const words = { true: ['True', 'true'], false: ['False', 'false'], null: ['None', 'null'] };

/** Of all arguments together: an object whose members are keyword arguments. */
export function createPythonArguments({ callsEnd, unescapesStrings }: PythonNotationOptions): ValueNotation {
  const double = escapedString(callsEnd);
  const value: ValueNotation = {
    name: 'python',
    strings: [double],
    keys: double,
    object: { open: '{', close: '}', afterKey: ':', afterValue: '', separator: ',' },
    words,
    blanks: 'space',
    mostDigits: 16,
    inside: () => value,
  };
  const argument: ValueNotation = unescapesStrings
    ? value
    : { ...value, name: 'python-argument', strings: [rawString('"', callsEnd), rawString("'", callsEnd)] };
  return {
    ...value,
    name: 'python-arguments',
    keys: rawTextForm({ name: 'python-keyword', open: '', close: '', words: [], restrictions: [keyword] }),
    object: { open: '(', close: ')', afterKey: '=', afterValue: '', separator: ',' },
    inside: () => argument,
  };
}

const keyword = knownPattern(/^[A-Za-z_][0-9A-Za-z_]*$/);

/** The escapes that a reader of these models resolves. */
const escapes: ReadonlyMap<string, string> = new Map([
  ['\n', 'n'],
  ['\r', 'r'],
  ['\t', 't'],
  ['"', '"'],
  ['\\', '\\'],
]);

function escapedString(callsEnd: string): StringForm {
  return {
    name: 'python-text',
    open: '"',
    close: '"',
    restrictions: [wordFreeAutomaton([callsEnd])],
    coarse: [beginningFreeAutomaton([callsEnd])],
    encoded: escapedCharacters,
    write: (content) => content.replaceAll(/[\n\r\t"\\]/g, (character) => `\\${escapes.get(character) ?? character}`),
  };
}

function escapedCharacters(set: CodePointSet): GrammarExpression {
  const plain = intersection(set, plainCharacters);
  const options = plain.length > 0 ? [characters(plain)] : [];
  for (const [character, letter] of escapes) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (intersection(set, [[codePoint, codePoint]]).length > 0) options.push(sequence(text('\\'), text(letter)));
  }
  return choice(options);
}

/** A backslash stays, and keeps what follows from ending the string. */
function rawString(quote: '"' | "'", callsEnd: string): StringForm {
  const pairs = quote === '"' ? /^(?:[^"\\]|\\[\s\S])*$/ : /^(?:[^'\\]|\\[\s\S])*$/;
  return rawTextForm({
    name: quote === '"' ? 'python-double' : 'python-single',
    open: quote,
    close: quote,
    words: [callsEnd],
    restrictions: [knownPattern(pairs)],
  });
}
