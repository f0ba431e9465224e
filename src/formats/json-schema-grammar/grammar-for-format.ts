import { CorralError } from '../../core/corral-error.ts';
import { GrammarMatcher } from '../gbnf/grammar-matcher.ts';
import { parseGbnf } from '../gbnf/parse-gbnf.ts';
import { quoteGo } from '../go-template/format-verbs.ts';
import { grammarForRegex } from './grammar-for-regex.ts';
import { grammarForSchema } from './grammar-for-schema.ts';
import { isSchemaObject, type SchemaObject } from './schema/schema-document.ts';

/** Longest piece of a wrong format that an error repeats. Ollama repeats all of it; nobody reads a megabyte of brackets. */
const shownLength = 1_000;

/**
 * The grammar for the `format` field of Ollama's API, parsed from JSON: undefined, null and "" mean none (''), "json" any JSON object,
 * an object the documents of that JSON Schema (`grammarForSchema`), where an empty one means any JSON object as it does in Ollama.
 * Two types that JSON Schema does not have ask for plain text instead, which Ollama's API cannot:
 *
 *   {"type": "regex", "pattern": "…"}   text that the expression matches from beginning to end (`grammarForRegex`)
 *   {"type": "gbnf", "grammar": "…"}    text of that grammar
 *
 * Throws `invalid_format`: 500 with Ollama's message for anything else, 400 for what cannot be enforced.
 */
export function grammarForFormat(format: unknown): string {
  if (isSchemaObject(format) && Object.hasOwn(format, 'type')) {
    if (format['type'] === 'regex') return grammarForRegex(onlyText(format, 'pattern'));
    if (format['type'] === 'gbnf') return checkedGrammar(onlyText(format, 'grammar'));
  }
  const schema = schemaOfFormat(format);
  return schema === undefined ? '' : grammarForSchema(schema);
}

/** The JSON Schema that a `format` means; undefined for none. Throws `invalid_format` for what is no format. */
export function schemaOfFormat(format: unknown): SchemaObject | undefined {
  if (format === undefined || format === null || format === '') return undefined;
  if (format === 'json') return { type: 'object' };
  if (isSchemaObject(format)) return Object.keys(format).length === 0 ? { type: 'object' } : format;
  throw new CorralError(
    'invalid_format',
    `invalid format: ${quoteGo(shownJson(format))}; expected "json" or a valid JSON Schema object`,
    { hint: 'Leave format out, or set it to "json" or to a JSON Schema object.' },
  );
}

/** The grammar as it is, known to be one that an answer can be held to. */
function checkedGrammar(grammar: string): string {
  const matcher = new GrammarMatcher(parseGbnf(grammar));
  if (matcher.start.isDeadEnd) throw refusePlain('nothing satisfies the grammar');
  return grammar;
}

/** The text under `key`. What else stands beside it is refused: it would be ignored in silence. */
function onlyText(format: SchemaObject, key: string): string {
  const kind = String(format['type']);
  const other = Object.keys(format).find((name) => name !== 'type' && name !== key);
  if (other !== undefined) {
    throw refusePlain(`a format of the type "${kind}" has no field ${JSON.stringify(other.slice(0, 50))}`);
  }
  const text = Object.hasOwn(format, key) ? format[key] : undefined;
  if (typeof text === 'string') return text;
  throw refusePlain(`a format of the type "${kind}" needs a text as its "${key}"`);
}

function refusePlain(reason: string): CorralError {
  return new CorralError('invalid_format', `invalid format: ${reason}`, {
    status: 400,
    hint: 'Such a format is {"type": "regex", "pattern": "…"} or {"type": "gbnf", "grammar": "…"}.',
  });
}

function shownJson(value: unknown): string {
  const text = jsonText(value);
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return '[…]'; // nested so deeply that writing it overflows the stack; only an array gets here
  }
}
