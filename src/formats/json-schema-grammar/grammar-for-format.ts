import { CorralError } from '../../core/corral-error.ts';
import { quoteGo } from '../go-template/format-verbs.ts';
import { grammarForSchema } from './grammar-for-schema.ts';
import { isSchemaObject, type SchemaObject } from './schema/schema-document.ts';

/** Longest piece of a wrong format that an error repeats. Ollama repeats all of it; nobody reads a megabyte of brackets. */
const shownLength = 1_000;

/**
 * The grammar for the `format` field of Ollama's API, parsed from JSON: undefined, null and "" mean none (''), "json" any JSON object,
 * an object the documents of that JSON Schema (`grammarForSchema`), where an empty one means any JSON object as it does in Ollama.
 * Throws `invalid_format`: 500 with Ollama's message for anything else, 400 for a schema that cannot be enforced.
 */
export function grammarForFormat(format: unknown): string {
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
