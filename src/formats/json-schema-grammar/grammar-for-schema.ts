import type { GrammarExpression } from './grammar/grammar-expression.ts';
import { printGrammar } from './grammar/print-grammar.ts';
import { pruneGrammar } from './grammar/prune-grammar.ts';
import { jsonNotation } from './notation/json-notation.ts';
import type { ValueNotation } from './notation/value-notation.ts';
import { refuseSchema } from './refuse-schema.ts';
import { compileSchema } from './schema-compiler.ts';
import { schemaLimits } from './schema-limits.ts';
import { isSchemaObject, SchemaDocument } from './schema/schema-document.ts';

/**
 * The GBNF grammar, its first rule `root`, of JSON documents that satisfy `schema` (a parsed JSON Schema: an object or a boolean).
 *
 * Every document it admits is valid, compact or indented; it need not admit every valid one:
 * - members come in the order of `properties`, and only declared ones unless `additionalProperties` is there and not false;
 * - a tuple has all its declared items unless minItems asks for fewer, and no others unless `items` is there;
 * - a schema without `type` whose keywords speak of strings (or objects, …) means strings;
 * - members of names that only `patternProperties` speaks of come as well, others beside them by additionalProperties alone;
 * - numbers in a range, and multiples, have no exponent; a string with a pattern and a large maxLength may end before it.
 *
 * Throws `invalid_format` (400) naming the JSON pointer of a keyword that cannot be enforced, and for a schema that is malformed,
 * too large, or satisfied by no finite document.
 */
export function grammarForSchema(schema: unknown): string {
  const grammar = printGrammar(rulesForSchema(schema));
  if (grammar.length > schemaLimits.grammarLength)
    throw refuseSchema('', 'the grammar of the JSON Schema is too large');
  return grammar;
}

/** The rules of that grammar, from `root` on. */
export function rulesForSchema(
  schema: unknown,
  notation: ValueNotation = jsonNotation,
): ReadonlyMap<string, GrammarExpression> {
  if (typeof schema !== 'boolean' && !isSchemaObject(schema)) {
    throw refuseSchema('', 'a JSON Schema must be an object or a boolean');
  }
  const document = new SchemaDocument(schema);
  const rules = pruneGrammar(compileSchema(document, 'root', notation), 'root');
  if (rules === undefined) throw refuseSchema('', 'no finite JSON document satisfies the JSON Schema');
  return rules;
}
