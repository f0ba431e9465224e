/** Schemas as programs send them, and every keyword in the ways in which it meets others. */

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const whole: Schema = { type: 'integer' };
const yesNo: Schema = { type: 'boolean' };
const listOf = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, maxItems: 3, ...more });
const short = (most: number): Schema => ({ type: 'string', maxLength: most });
const object = (
  properties: Readonly<Record<string, unknown>>,
  required = Object.keys(properties),
  more: Schema = {},
): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
  ...more,
});
const oneOf = (...values: unknown[]): Schema => ({ enum: values });

const formats = [
  'date',
  'time',
  'date-time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uuid',
  'json-pointer',
  'uri-reference',
];

const patterns: Readonly<Record<string, string>> = {
  'a licence plate': '^[A-Z]{1,3}-[A-Z]{1,2} [1-9][0-9]{0,3}$',
  'a phone number': '^\\+[1-9][0-9]{6,14}$',
  'a hexadecimal colour': '^#(?:[0-9a-f]{3}|[0-9a-f]{6})$',
  'a version': '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)$',
  'two words': '^[a-z]+ [a-z]+$',
  'an amount of money': '^\\d{1,6}\\.\\d{2} (EUR|USD|CHF)$',
  'digits anywhere': '[0-9]{3}',
  'a name in capitals': '^\\p{Lu}{2,12}$',
  'quotes and backslashes': '^["\\\\]{2,4}$',
  'one of three words, repeated': '^(foo|bar|baz)(,(foo|bar|baz)){0,3}$',
};

const ranges: Readonly<Record<string, Schema>> = {
  'a percentage': { type: 'integer', minimum: 0, maximum: 100 },
  'a negative range': { type: 'integer', minimum: -273, maximum: -40 },
  'a range through zero': { type: 'integer', minimum: -12, maximum: 305 },
  'more than zero': { type: 'integer', exclusiveMinimum: 0 },
  'less than ten': { type: 'integer', exclusiveMaximum: 10 },
  'a share': { type: 'number', minimum: 0, maximum: 1 },
  'a share of neither none nor all': { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
  'a latitude': { type: 'number', minimum: -90, maximum: 90 },
  'between fractions': { type: 'number', minimum: 1.25, maximum: 3.75 },
  'a large number': { type: 'integer', minimum: 1_000_000_000, maximum: 2_000_000_000 },
  'a multiple of five': { type: 'integer', multipleOf: 5 },
  'a multiple of seven in a range': { type: 'integer', multipleOf: 7, minimum: -100, maximum: 1_000 },
  'a multiple of 25 above a bound': { type: 'integer', multipleOf: 25, minimum: 130 },
  'whole dozens of a number': { type: 'number', multipleOf: 12 },
  'any number': { type: 'number' },
};

const documents: Readonly<Record<string, Schema>> = {
  person: object({
    name: text,
    age: { type: 'integer', minimum: 0, maximum: 130 },
    email: { type: 'string', format: 'email' },
  }),
  'person with optional members': object({ name: text, age: whole, nickname: text, married: yesNo }, ['name']),
  address: object({
    street: short(40),
    city: short(30),
    postcode: { type: 'string', pattern: '^[0-9]{5}$' },
    country: oneOf('DE', 'AT', 'CH'),
  }),
  event: object({
    title: short(60),
    start: { type: 'string', format: 'date-time' },
    end: { type: 'string', format: 'date-time' },
    guests: listOf({ type: 'string', format: 'email' }),
  }),
  'review with a verdict': object({
    stars: { type: 'integer', minimum: 1, maximum: 5 },
    verdict: oneOf('buy', 'wait', 'avoid'),
    reason: short(120),
  }),
  'list of facts': object({ facts: listOf(short(60), { minItems: 2 }) }),
  'sentiment of a sentence': object({
    sentiment: oneOf('positive', 'neutral', 'negative'),
    confidence: { type: 'number', minimum: 0, maximum: 1 },
  }),
  'invoice with lines': object({
    number: { type: 'string', pattern: '^R-[0-9]{4}$' },
    lines: listOf(
      object({
        text: short(30),
        count: { type: 'integer', minimum: 1, maximum: 99 },
        price: { type: 'number', minimum: 0, maximum: 9_999 },
      }),
      { minItems: 1 },
    ),
  }),
  'call of a function': object({
    name: { const: 'get_weather' },
    arguments: object({ city: short(30), unit: oneOf('celsius', 'fahrenheit') }),
  }),
  'one of two calls': {
    oneOf: [
      object({ tool: { const: 'search' }, query: short(40) }),
      object({ tool: { const: 'open' }, page: { type: 'integer', minimum: 1, maximum: 50 } }),
    ],
  },
  'any of three kinds of answers': {
    anyOf: [object({ yes: yesNo }), object({ number: whole }), object({ words: short(30) })],
  },
  'a shape by its kind': {
    oneOf: [
      object({ kind: { const: 'circle' }, radius: { type: 'number', exclusiveMinimum: 0 } }),
      object({ kind: { const: 'rectangle' }, width: { type: 'number' }, height: { type: 'number' } }),
      object({ kind: { const: 'point' } }),
    ],
  },
  'a linked list': {
    $defs: { node: object({ value: whole, next: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/node' }] } }) },
    $ref: '#/$defs/node',
  },
  'a tree by the root': object({ name: short(12), children: { type: 'array', items: { $ref: '#' }, maxItems: 2 } }),
  'two definitions that need each other': {
    $defs: {
      a: object({ b: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/b' }] } }),
      b: object({ a: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/a' }] } }),
    },
    $ref: '#/$defs/a',
  },
  'a reference into properties': object({
    from: { type: 'string', format: 'date' },
    to: { $ref: '#/properties/from' },
  }),
  'a definition used twice': {
    $defs: { money: object({ amount: { type: 'number', minimum: 0, maximum: 1e6 }, currency: oneOf('EUR', 'USD') }) },
    ...object({ net: { $ref: '#/$defs/money' }, gross: { $ref: '#/$defs/money' } }),
  },
  'all of two parts': {
    allOf: [
      { type: 'object', properties: { a: whole }, required: ['a'] },
      { type: 'object', properties: { b: short(10) }, required: ['b'] },
    ],
  },
  'all of a range and a range': {
    allOf: [
      { type: 'integer', minimum: 10 },
      { type: 'integer', maximum: 20 },
    ],
  },
  'all of two patterns': { type: 'string', allOf: [{ pattern: '^[a-z0-9]{3,8}$' }, { pattern: '[0-9]' }] },
  'nullable members': object({
    a: { type: ['string', 'null'], maxLength: 10 },
    b: { type: 'integer', nullable: true },
  }),
  'many types': object({ value: { type: ['string', 'integer', 'boolean', 'null'], maxLength: 10 } }),
  'a tuple': { type: 'array', prefixItems: [short(10), whole, yesNo], items: false, minItems: 3 },
  'a tuple with a tail': {
    type: 'array',
    prefixItems: [short(8)],
    items: { type: 'integer', minimum: 0, maximum: 9 },
    minItems: 2,
    maxItems: 4,
  },
  'a matrix': {
    type: 'array',
    items: { type: 'array', items: { type: 'integer', minimum: 0, maximum: 9 }, minItems: 2, maxItems: 2 },
    minItems: 2,
    maxItems: 2,
  },
  'an empty list': { type: 'array', maxItems: 0 },
  'exactly four words': { type: 'array', items: short(8), minItems: 4, maxItems: 4 },
  'free names, whole values': { type: 'object', additionalProperties: whole, maxProperties: 3 },
  'names of a pattern': {
    type: 'object',
    propertyNames: { pattern: '^[a-z]{2,5}$' },
    additionalProperties: yesNo,
    maxProperties: 3,
  },
  'members by the pattern of their names': {
    type: 'object',
    patternProperties: { '^n_[a-z]{1,8}$': whole, '^s_[a-z]{1,8}$': short(10) },
    additionalProperties: false,
    maxProperties: 3,
  },
  'declared members and others by pattern': {
    type: 'object',
    properties: { id: whole },
    required: ['id'],
    patternProperties: { '^x-': short(10) },
    additionalProperties: false,
    maxProperties: 3,
  },
  'at least two members of three': object({ a: whole, b: whole, c: whole }, [], { minProperties: 2 }),
  'at most one member of three': object({ a: whole, b: whole, c: whole }, [], { maxProperties: 1 }),
  'constants of every kind': object({
    a: { const: 'x' },
    b: { const: 1.5 },
    c: { const: null },
    d: { const: [1, { e: true }] },
  }),
  'an enum of every kind': oneOf('red', 7, null, true, [1, 2], { a: 1 }),
  'a long enum': oneOf(...Array.from({ length: 200 }, (_, index) => `option ${index}`)),
  'names that need escapes': object({
    'a "quoted" name': whole,
    'back\\slash': whole,
    'line\nend': whole,
    'émoji 😀': whole,
  }),
  'names like JavaScript’s own': JSON.parse(
    '{"type":"object","properties":{"constructor":{"type":"integer"},"__proto__":{"type":"integer"}},"required":["constructor"],"additionalProperties":false}',
  ) as Schema,
  'order as declared': object({ z: whole, y: whole, b: whole, a: whole }),
  'twenty members': object(
    Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`field${index}`, { type: 'integer', minimum: 0, maximum: 9 }]),
    ),
  ),
  'ten optional members': object(
    Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`option${index}`, yesNo])),
    [],
  ),
  'deeply nested': object({ a: object({ b: object({ c: object({ d: object({ e: whole }) }) }) }) }),
  'any JSON object': { type: 'object' },
  'anything at all': {},
  'text of a length': { type: 'string', minLength: 5, maxLength: 25 },
  'text of exactly ten characters': { type: 'string', minLength: 10, maxLength: 10 },
  'a list of dates': listOf({ type: 'string', format: 'date' }, { minItems: 2 }),
  'a format and a length': { type: 'string', format: 'email', maxLength: 30 },
  'a uri that is short': { type: 'string', format: 'uri', maxLength: 40 },
  'titles, defaults and examples say nothing': {
    ...object({ a: { ...whole, title: 'A', default: 3, examples: [1], description: 'a number' } }),
    title: 'T',
    $comment: 'c',
  },
  'a conversation': object({
    messages: listOf(object({ role: oneOf('user', 'assistant'), content: short(60) }), { minItems: 1 }),
  }),
  'a recipe': object({
    name: short(30),
    minutes: { type: 'integer', multipleOf: 5, minimum: 5, maximum: 120 },
    ingredients: listOf(object({ name: short(20), grams: { type: 'integer', minimum: 1, maximum: 2_000 } })),
  }),
  'extraction from a text': object({
    people: listOf(short(20)),
    places: listOf(short(20)),
    dates: listOf({ type: 'string', format: 'date' }),
  }),
  'a plan of steps': object({
    goal: short(40),
    steps: listOf(object({ order: { type: 'integer', minimum: 1, maximum: 9 }, do: short(40) }), { minItems: 1 }),
  }),
  'not supported: conditions': { if: { properties: { a: { const: 1 } } }, else: { required: ['b'] } },
  'not supported: negation': { not: { type: 'string' } },
  'not supported: unique items': { type: 'array', items: whole, uniqueItems: true },
  'not supported: what a list contains': { type: 'array', contains: { const: 1 } },
  'not supported: members that need members': { type: 'object', dependentRequired: { a: ['b'] } },
};

function prefixed(prefix: string, schemas: Readonly<Record<string, Schema>>): [string, Schema][] {
  return Object.entries(schemas).map(([name, schema]) => [`${prefix}: ${name}`, schema]);
}

export const ownSchemas: readonly (readonly [name: string, schema: Schema])[] = [
  ...prefixed('document', documents),
  ...prefixed('number', ranges),
  ...prefixed(
    'number as a member',
    Object.fromEntries(
      Object.entries(ranges).map(([name, range]) => [name, object({ value: range, unit: oneOf('m', 'kg', 's') })]),
    ),
  ),
  ...Object.entries(patterns).map(([name, pattern]): [string, Schema] => [
    `pattern: ${name}`,
    object({ value: { type: 'string', pattern, maxLength: 60 } }),
  ]),
  ...formats.map((format): [string, Schema] => [
    `format: ${format}`,
    object({ value: { type: 'string', format, maxLength: 60 } }),
  ]),
];
