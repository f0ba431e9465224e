/** Random JSON Schemas for properties: any mix of keywords, and schemas that come with documents known to satisfy them. */
import * as fc from 'fast-check';

const names = ['a', 'b', 'kind', 'Ä', '"q"', 'x y', '\u{1f600}', 'constructor'];
const patterns = [
  '^a+$',
  'b',
  '^[^"]*$',
  '\\d{2,3}$',
  '^(foo|ba[rz])+$',
  '^\\w+@\\w+$',
  '^.{2,4}$',
  '[\\\\"]',
  '^$',
  'x|^y',
];
const formats = [
  'date',
  'time',
  'date-time',
  'uuid',
  'email',
  'ipv4',
  'ipv6',
  'uri',
  'hostname',
  'duration',
  'json-pointer',
];
const bounds = [-2_000, -9.5, -1, 0, 1e-7, 0.1, 0.30000000000000004, 1, 3, 100, 123_456.789, 1e15, 1e18];

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });
const few = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most });
const literal = fc.constantFrom<unknown>(
  1,
  0,
  -3,
  2.5,
  'a',
  'foo',
  'ba"r',
  null,
  true,
  [],
  [1, 'a'],
  { a: 1 },
  { kind: 'x', b: [2] },
);

/** Without the keywords that came out undefined: they are not written in JSON. */
function written<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return arbitrary.map((value): unknown => JSON.parse(JSON.stringify(value)));
}

const ranges = {
  minimum: optional(fc.constantFrom(...bounds)),
  maximum: optional(fc.constantFrom(...bounds)),
  exclusiveMinimum: optional(fc.constantFrom(...bounds)),
  multipleOf: optional(fc.constantFrom(1, 2, 3, 10, 12, 250)),
};
const leaf: fc.Arbitrary<unknown> = fc.oneof(
  written(
    fc.record({
      type: fc.constantFrom<unknown>('string', undefined, ['string', 'null']),
      minLength: optional(few(4)),
      maxLength: optional(few(8)),
      pattern: optional(fc.constantFrom(...patterns)),
    }),
  ),
  fc.constantFrom(...formats).map((format) => ({ type: 'string', format })),
  written(fc.record({ type: fc.constantFrom('integer', 'number'), ...ranges })),
  fc.array(literal, { minLength: 1, maxLength: 4 }).map((values) => ({ enum: values })),
  literal.map((value) => ({ const: value })),
  fc.constantFrom<unknown>(
    true,
    false,
    {},
    { type: 'boolean' },
    { type: 'null' },
    { type: 'array' },
    { type: 'object' },
  ),
  fc.constantFrom({ $ref: '#' }, { $ref: '#/$defs/r' }, { type: 'string', nullable: true }),
);

/** What `$defs/r` may be. Not itself: the standard leaves that open (core, 9.4.1), and the judge compiles for ever. */
const definition = leaf.filter((schema) => JSON.stringify(schema) !== '{"$ref":"#/$defs/r"}');

/** Any schema, also contradictory and endless ones; an object, with `$defs/r` to refer to. */
export const anySchema: fc.Arbitrary<object> = fc
  .letrec<{ schema: unknown; object: unknown; array: unknown; choice: unknown }>((tie) => ({
    schema: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('object'), tie('array'), tie('choice')),
    object: written(
      fc.record({
        type: fc.constantFrom('object', undefined),
        properties: optional(fc.dictionary(fc.constantFrom(...names), tie('schema'), { maxKeys: 4 })),
        required: optional(fc.subarray(names, { maxLength: 3 })),
        additionalProperties: optional(tie('schema')),
        patternProperties: optional(
          fc.dictionary(fc.constantFrom('^[a-c]', 'd$', '"', '^k.*d'), tie('schema'), { maxKeys: 2 }),
        ),
        minProperties: optional(few(2)),
        maxProperties: optional(few(3)),
        propertyNames: optional(
          fc.constantFrom({ type: 'string' }, { pattern: '^[a-k]' }, { maxLength: 4 }, { enum: ['a', 'zz'] }),
        ),
      }),
    ),
    array: written(
      fc.record({
        type: fc.constant('array'),
        items: optional(tie('schema')),
        prefixItems: optional(fc.array(tie('schema'), { minLength: 1, maxLength: 3 })),
        minItems: optional(few(3)),
        maxItems: optional(few(4)),
      }),
    ),
    choice: fc
      .tuple(fc.constantFrom('anyOf', 'oneOf', 'allOf'), fc.array(tie('schema'), { minLength: 1, maxLength: 3 }), leaf)
      .map(([key, options, beside]) => ({ ...(typeof beside === 'object' ? beside : {}), [key]: options })),
  }))
  .schema.chain((schema) => definition.map((r) => ({ ...(typeof schema === 'object' ? schema : {}), $defs: { r } })));

export interface SchemaWithDocument {
  readonly schema: unknown;
  /** Satisfies the schema, its members in the declared order. */
  readonly document: unknown;
}

const character = fc.string({ unit: 'grapheme', maxLength: 1 }).map((text) => text.replaceAll('\u007f', ''));
const sentence = fc.array(character, { maxLength: 12 }).map((parts) => parts.join(''));
const decimal = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((thousandths) => thousandths / 1_000);

/** A schema of the supported kinds and a document of it. */
export const schemaWithDocument: fc.Arbitrary<SchemaWithDocument> = fc.letrec<{ any: SchemaWithDocument }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    sentence.map((document) => ({ schema: { type: 'string' }, document })),
    fc.tuple(sentence, few(3), few(3)).map(([document, below, above]) => {
      const length = Array.from(document).length;
      return {
        schema: { type: 'string', minLength: Math.max(0, length - below), maxLength: length + above },
        document,
      };
    }),
    fc
      .tuple(fc.constantFrom('[a-c]{1,4}', '(x|"y")+', '\\d+\\.\\d'), fc.nat())
      .chain(([pattern]) =>
        fc
          .stringMatching(new RegExp(`^${pattern}$`))
          .map((document) => ({ schema: { type: 'string', pattern: `^${pattern}$` }, document })),
      ),
    fc.tuple(fc.maxSafeInteger(), few(500), few(500)).map(([document, below, above]) => ({
      schema: { type: 'integer', minimum: document - below, maximum: document + above },
      document,
    })),
    fc.tuple(decimal, decimal, decimal).map((numbers) => {
      const [minimum, document, maximum] = numbers.sort((a, b) => a - b);
      return { schema: { type: 'number', minimum, maximum }, document };
    }),
    decimal.map((document) => ({ schema: { type: ['number', 'null'] }, document })),
    fc
      .tuple(fc.array(literal, { maxLength: 3 }), literal)
      .map(([others, document]) => ({ schema: { enum: [...others, document] }, document })),
    fc.constantFrom<SchemaWithDocument>(
      { schema: { type: 'null' }, document: null },
      { schema: { type: 'boolean' }, document: true },
    ),
    fc.jsonValue({ maxDepth: 2 }).map((value) => ({ schema: {}, document: plainNumbers(value) })),
    fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((items) => ({
      schema: { type: 'array', prefixItems: items.map((item) => item.schema), items: false, minItems: items.length },
      document: items.map((item) => item.document),
    })),
    fc.tuple(tie('any'), few(3), few(2)).map(([item, count, more]) => ({
      schema: { type: 'array', items: item.schema, minItems: Math.max(0, count - 1), maxItems: count + more },
      document: Array.from({ length: count }, () => item.document),
    })),
    fc.tuple(tie('any'), tie('any'), fc.boolean()).map(([one, other, first]) => ({
      schema: { anyOf: [one.schema, other.schema] },
      document: first ? one.document : other.document,
    })),
    fc
      .array(fc.tuple(fc.constantFrom(...names), tie('any'), fc.boolean(), fc.boolean()), { maxLength: 4 })
      .map(objectWithDocument),
  ),
})).any;

function objectWithDocument(
  members: readonly (readonly [string, SchemaWithDocument, boolean, boolean])[],
): SchemaWithDocument {
  const distinct = [...new Map(members.map((member) => [member[0], member])).values()];
  const present = distinct.filter(([, , isRequired, isPresent]) => isRequired || isPresent);
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(distinct.map(([name, member]) => [name, member.schema])),
      required: distinct.filter(([, , isRequired]) => isRequired).map(([name]) => name),
    },
    document: Object.fromEntries(present.map(([name, member]) => [name, member.document])),
  };
}

/** Numbers as grammars write them: no exponent of three digits; and no raw DEL in strings. */
function plainNumbers(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, each: unknown) => {
    if (typeof each === 'number') return Math.round(each % 1e6) + 0;
    return typeof each === 'string' ? each.replaceAll(/[\u007f\ud800-\udfff]/gu, '') : each;
  });
}
