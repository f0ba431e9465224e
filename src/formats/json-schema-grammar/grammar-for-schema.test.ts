import { describe, expect, test } from 'vitest';

import { GbnfRecogniser } from '../../../test/support/gbnf-recogniser.ts';
import { CorralError } from '../../core/corral-error.ts';
import { grammarForSchema } from './grammar-for-schema.ts';

const text = { type: 'string' };
const whole = { type: 'integer' };
const closed = (properties: object, required: string[] = Object.keys(properties)): object => ({
  type: 'object',
  properties,
  required,
});

interface Case {
  readonly schema: unknown;
  readonly accepts: readonly unknown[];
  readonly refuses: readonly unknown[];
}

/** Documents are given as values; those that matter in their spelling stand in `spelled`. */
const cases: Record<string, Case> = {
  'members keep the declared order': {
    schema: closed({ z: whole, a: text }),
    accepts: [{ z: 1, a: '' }],
    refuses: [{ a: '', z: 1 }, { z: 1 }, {}, { z: 1, a: '', b: 2 }, { z: 1.5, a: '' }],
  },
  'optional members are left out in place': {
    schema: closed({ a: whole, b: whole, c: whole, d: whole }, ['b']),
    accepts: [{ b: 1 }, { a: 1, b: 1 }, { b: 1, d: 1 }, { a: 1, b: 1, c: 1, d: 1 }],
    refuses: [{}, { a: 1 }, { c: 1, b: 1 }, { b: 1, b2: 1 }],
  },
  'an object without any declared member is free': {
    schema: { type: 'object' },
    accepts: [{}, { a: [1, { b: null }] }],
    refuses: [[], null],
  },
  'an object with an empty list of members is empty': { schema: closed({}), accepts: [{}], refuses: [{ a: 1 }] },
  'additionalProperties true admits other names, but no declared one again': {
    schema: { ...closed({ id: whole }), additionalProperties: true },
    accepts: [{ id: 1 }, { id: 1, other: 'x', 'i"d': 2, ida: 3, i: 4 }],
    refuses: [{ other: 1 }],
  },
  'additionalProperties with a schema restricts the others': {
    schema: { type: 'object', additionalProperties: whole, maxProperties: 2 },
    accepts: [{}, { a: 1 }, { a: 1, b: 2 }],
    refuses: [{ a: 'x' }, { a: 1, b: 2, c: 3 }],
  },
  'required names need not be declared': {
    schema: { type: 'object', properties: { a: whole }, required: ['b'] },
    accepts: [{ b: [1] }, { a: 1, b: null }],
    refuses: [{ a: 1 }],
  },
  'minProperties counts optional members': {
    schema: { ...closed({ a: whole, b: whole, c: whole }, []), minProperties: 2 },
    accepts: [
      { a: 1, b: 1 },
      { a: 1, c: 1 },
      { b: 1, c: 1 },
      { a: 1, b: 1, c: 1 },
    ],
    refuses: [{}, { a: 1 }, { c: 1 }],
  },
  'maxProperties counts them too': {
    schema: { ...closed({ a: whole, b: whole, c: whole }, []), maxProperties: 1 },
    accepts: [{}, { a: 1 }, { c: 1 }],
    refuses: [{ a: 1, c: 1 }],
  },
  'propertyNames restricts names': {
    schema: { type: 'object', propertyNames: { pattern: '^[a-z]+$' }, additionalProperties: whole },
    accepts: [{}, { abc: 1 }],
    refuses: [{ Abc: 1 }, { '': 1 }],
  },
  'propertyNames with an enum lists the names': {
    schema: { type: 'object', propertyNames: { enum: ['a', 'b"'] }, additionalProperties: whole, required: ['a'] },
    accepts: [{ a: 1 }, { a: 1, 'b"': 2 }],
    refuses: [{ 'b"': 2 }, { a: 1, c: 2 }],
  },
  'names may hold anything': {
    schema: JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"integer"},"q\\"\\\\\\n":{},"Ä中😀":{},"":{}},"required":["__proto__"]}',
    ),
    accepts: [JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1,"q\\"\\\\\\n":[],"Ä中😀":2,"":3}')],
    refuses: [{}, JSON.parse('{"__proto__":"x"}')],
  },
  'lists of any length': {
    schema: { type: 'array', items: whole },
    accepts: [[], [1], [1, 2, 3]],
    refuses: [['x'], [1, null], {}],
  },
  'lists of a length in bounds': {
    schema: { items: whole, minItems: 2, maxItems: 3 },
    accepts: [
      [1, 2],
      [1, 2, 3],
    ],
    refuses: [[], [1], [1, 2, 3, 4]],
  },
  'lists longer than the engine counts': {
    schema: { items: { const: 0 }, minItems: 1_500, maxItems: 3_700 },
    accepts: [1_500, 1_501, 2_499, 2_500, 2_501, 3_500, 3_699, 3_700].map(zeros),
    refuses: [0, 1, 1_499, 3_701, 4_000].map(zeros),
  },
  'a list of nothing': { schema: { type: 'array', items: false }, accepts: [[]], refuses: [[1]] },
  'a tuple has all its places and no more': {
    schema: { type: 'array', prefixItems: [text, whole] },
    accepts: [['a', 1]],
    refuses: [[], ['a'], ['a', 1, 2], [1, 'a']],
  },
  'a tuple may end where minItems lets it, and go on where items says how': {
    schema: { type: 'array', prefixItems: [text, whole], minItems: 1, items: { type: 'null' }, maxItems: 4 },
    accepts: [['a'], ['a', 1], ['a', 1, null, null]],
    refuses: [[], ['a', null], ['a', 1, 2], ['a', 1, null, null, null]],
  },
  'the older form of a tuple': {
    schema: { type: 'array', items: [text, whole], additionalItems: false },
    accepts: [['a', 1]],
    refuses: [['a'], ['a', 1, null]],
  },
  'values of an enum of every kind': {
    schema: { enum: ['red', 'red "wine"', 'reed', 1, -2.5, null, true, [1, { a: 2 }], {}] },
    accepts: ['red', 'red "wine"', 'reed', 1, -2.5, null, true, [1, { a: 2 }], {}],
    refuses: ['re', 'rede', 2, false, [1], { a: 2 }],
  },
  'an enum of one type keeps the values of that type': {
    schema: { type: 'string', enum: ['a', 1, 'bb'], minLength: 2 },
    accepts: ['bb'],
    refuses: ['a', 1],
  },
  'a constant': { schema: { const: { a: ['x'] } }, accepts: [{ a: ['x'] }], refuses: [{ a: [] }, 'x'] },
  'several types': { schema: { type: ['integer', 'null'] }, accepts: [3, null], refuses: ['3', 1.5, true] },
  'nullable of OpenAPI': { schema: { type: 'string', nullable: true }, accepts: ['', null], refuses: [1] },
  'any of several': {
    schema: {
      anyOf: [
        { type: 'string', maxLength: 2 },
        { type: 'integer', minimum: 5 },
      ],
    },
    accepts: ['ab', 5, 77],
    refuses: ['abc', 4, null],
  },
  'one of several that a tag tells apart': {
    schema: { oneOf: [closed({ kind: { const: 'a' }, x: whole }), closed({ kind: { const: 'b' }, y: text })] },
    accepts: [
      { kind: 'a', x: 1 },
      { kind: 'b', y: '' },
    ],
    refuses: [{ kind: 'a', y: '' }, { kind: 'c' }],
  },
  'one of several that members tell apart': {
    schema: { oneOf: [closed({ a: whole }), closed({ b: whole })] },
    accepts: [{ a: 1 }, { b: 1 }],
    refuses: [{ a: 1, b: 1 }, {}],
  },
  'one of several with ranges and patterns apart': {
    schema: {
      oneOf: [
        { type: 'integer', maximum: 3 },
        { type: 'integer', minimum: 7 },
        { ...text, pattern: '^a' },
        { ...text, pattern: '^b' },
      ],
    },
    accepts: [3, 7, 'a', 'bc'],
    refuses: [4, 6, 'c', ''],
  },
  'all of several are merged': {
    schema: { allOf: [closed({ a: whole }), closed({ b: text, a: { minimum: 3 } }, ['b'])], properties: { c: {} } },
    accepts: [
      { c: 1, a: 3, b: '' },
      { a: 4, b: '' },
    ],
    refuses: [{ a: 2, b: '' }, { a: 3 }],
  },
  'all of several alternatives are multiplied out': {
    schema: {
      allOf: [
        { anyOf: [{ const: 1 }, { const: 2 }, text] },
        { anyOf: [{ const: 2 }, { type: 'string', maxLength: 1 }] },
      ],
    },
    accepts: [2, '', 'a'],
    refuses: [1, 'ab'],
  },
  'additionalProperties false of one part closes the others': {
    schema: { allOf: [{ ...closed({ a: whole }), additionalProperties: false }, closed({ a: {}, b: text }, ['a'])] },
    accepts: [{ a: 1 }],
    refuses: [{ a: 1, b: '' }],
  },
  'a recursive list': {
    schema: {
      $defs: { node: closed({ v: whole, next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } }) },
      $ref: '#/$defs/node',
    },
    accepts: [
      { v: 1, next: null },
      { v: 1, next: { v: 2, next: { v: 3, next: null } } },
    ],
    refuses: [{ v: 1 }, { v: 1, next: { v: 2 } }],
  },
  'a recursive tree, by the root and by escaped names': {
    schema: {
      ...closed({ kids: { items: { $ref: '#' } }, size: { $ref: '#/definitions/a~1b%25~0' } }),
      definitions: { 'a/b%~': whole },
    },
    accepts: [
      { kids: [], size: 1 },
      { kids: [{ kids: [], size: 1 }], size: 2 },
    ],
    refuses: [{ kids: [{}], size: 1 }],
  },
  'an endless option is left out': {
    schema: {
      $defs: { endless: closed({ again: { $ref: '#/$defs/endless' } }) },
      anyOf: [{ $ref: '#/$defs/endless' }, text],
    },
    accepts: ['x'],
    refuses: [{ again: {} }],
  },
  'a length in code points': {
    schema: { type: 'string', minLength: 2, maxLength: 3 },
    accepts: ['ab', '😀é', 'a\nb', '"\\'],
    refuses: ['', 'a', 'abcd', '😀'],
  },
  'a pattern matches anywhere unless anchored': {
    schema: { pattern: 'b\\d' },
    accepts: ['b1', 'ab1c', '"b2\n'],
    refuses: ['', 'b', 'ab c1'],
  },
  'an anchored pattern': {
    schema: { pattern: '^(foo|ba[rz])+$' },
    accepts: ['foo', 'barbaz'],
    refuses: ['', 'xfoo', 'foob'],
  },
  'a pattern and a length': {
    schema: { pattern: '^a*b*$', minLength: 2, maxLength: 3 },
    accepts: ['ab', 'aaa', 'abb'],
    refuses: ['a', 'ba', 'aabb'],
  },
  'two patterns at once': {
    schema: { allOf: [{ pattern: '[a-z]' }, { pattern: '[0-9]$' }, { type: 'string' }] },
    accepts: ['a1', '1a2'],
    refuses: ['a', '1', '1a'],
  },
  'a pattern of characters that JSON escapes': {
    schema: { pattern: '^["\\\\\\n\\x01]{2}$' },
    accepts: ['"\\', '\n\u0001'],
    refuses: ['aa', '"'],
  },
  'a pattern of letters': { schema: { pattern: '^\\p{Lu}\\w\\S$' }, accepts: ['Éa!'], refuses: ['éa!', 'É !'] },
  'whole numbers in a range': {
    schema: { type: 'integer', minimum: -12, maximum: 305 },
    accepts: [-12, -9, -1, 0, 7, 99, 100, 299, 305],
    refuses: [-13, -20, 306, 310, 1_000, 1.5, '5'],
  },
  'exclusive bounds': {
    schema: { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 10 },
    accepts: [1, 9],
    refuses: [0, 10, -1],
  },
  'numbers in a range': {
    schema: { type: 'number', minimum: 0, maximum: 1 },
    accepts: [0, 0.5, 0.25, 1],
    refuses: [-0.1, 1.01, 2],
  },
  'numbers between fractions': {
    schema: { type: 'number', exclusiveMinimum: -1.5, maximum: 10.25 },
    accepts: [-1.499, -1, 0, 3.7, 10, 10.25],
    refuses: [-1.5, -2, 10.26, 11],
  },
  'multiples stay where a double holds every whole number': {
    schema: { type: 'integer', multipleOf: 3, minimum: 1e15 },
    accepts: [1_000_000_000_000_002, 9_007_199_254_740_990],
    refuses: [1_000_000_000_000_001, 10_000_000_000_000_002],
  },
  'multiples of one are whole': { schema: { type: 'number', multipleOf: 1 }, accepts: [3, -4], refuses: [1.5] },
  'multiples of seven in a range': {
    schema: { type: 'integer', multipleOf: 7, minimum: -30, maximum: 1_000 },
    accepts: [-28, -7, 0, 7, 14, 994],
    refuses: [-35, -1, 1, 8, 995, 1_001, 7.5],
  },
  'multiples of any size': {
    schema: { type: 'number', multipleOf: 250 },
    accepts: [0, 250, -1_000, 10_250],
    refuses: [25, 251, -1, 0.5],
  },
  'common multiples of two steps': {
    schema: {
      allOf: [
        { type: 'integer', multipleOf: 4 },
        { multipleOf: 6, minimum: 1 },
      ],
    },
    accepts: [12, 24, 120],
    refuses: [0, 4, 6, 18],
  },
  'values of an enum that are multiples': {
    schema: { enum: [1, 2, 3, 4], multipleOf: 2 },
    accepts: [2, 4],
    refuses: [1, 3],
  },
  'members by the pattern of their names': {
    schema: {
      type: 'object',
      patternProperties: { '^n_': whole, '^s_': text, _x$: { enum: [1, 'a', true] } },
      additionalProperties: false,
    },
    accepts: [{}, { n_a: 1, s_b: 'c' }, { n_x: 1 }, { s_x: 'a', a_x: true }],
    refuses: [{ n_a: 'b' }, { b: 1 }, { n_x: 2 }, { s_x: 1 }, { a_x: 2 }],
  },
  'patterns of names hold for declared members too': {
    schema: { properties: { n_id: { minimum: 3 } }, required: ['n_id'], patternProperties: { '^n_': whole } },
    accepts: [{ n_id: 3 }, { n_id: 4, n_b: 1 }],
    refuses: [{ n_id: 2 }, { n_id: 3.5 }, { n_id: 3, b: 1 }, { n_id: 3, n_b: 'x' }],
  },
  'additional members are those that match no pattern': {
    schema: { type: 'object', patternProperties: { '^n': whole }, additionalProperties: text },
    accepts: [
      { n: 1, a: 'b' },
      { a: 'b', n1: 2 },
    ],
    refuses: [{ n: 'a' }, { a: 1 }],
  },
  'a pattern of names can forbid them': {
    schema: { type: 'object', patternProperties: { '^_': false }, additionalProperties: whole, maxProperties: 2 },
    accepts: [{}, { a: 1 }, { a: 1, b_: 2 }],
    refuses: [{ _a: 1 }, { a: 1, _: 2 }, { a: 1, b: 2, c: 3 }],
  },
  'patterns of names of two parts': {
    schema: {
      allOf: [
        { type: 'object', patternProperties: { '^a': whole }, additionalProperties: false },
        { type: 'object', patternProperties: { b$: { minimum: 5 } }, additionalProperties: { maximum: 9 } },
      ],
    },
    accepts: [{ ab: 50 }, { a: 9 }],
    refuses: [{ ab: 4 }, { a: 10 }, { b: 6 }],
  },
  'values of an enum that have members by pattern': {
    schema: {
      enum: [{ a1: 1 }, { a1: 'x' }, { b: 1 }],
      patternProperties: { '^a': whole },
      additionalProperties: false,
    },
    accepts: [{ a1: 1 }],
    refuses: [{ a1: 'x' }, { b: 1 }],
  },
  'keywords imply a type': { schema: { minLength: 1 }, accepts: ['a'], refuses: ['', 1, null] },
  'annotations say nothing': {
    schema: {
      title: 't',
      description: 'd',
      default: 1,
      examples: [],
      $schema: 'x',
      $id: 'y',
      $comment: 'z',
      readOnly: true,
      'x-any': {},
      type: 'boolean',
    },
    accepts: [true, false],
    refuses: [1],
  },
  'true allows anything': { schema: true, accepts: [1, 'a', null, [], {}, [[{ a: 1 }]]], refuses: [] },
};

const formats: Record<string, { accepts: string[]; refuses: string[] }> = {
  date: {
    accepts: ['2024-02-29', '2000-02-29', '1999-12-31'],
    refuses: ['2023-02-29', '1900-02-29', '2023-04-31', '2023-13-01', '23-01-01'],
  },
  time: { accepts: ['23:59:59Z', '00:00:00.25+05:30'], refuses: ['24:00:00Z', '12:00:00', '12:60:00Z'] },
  'date-time': { accepts: ['2024-02-29T12:30:00Z'], refuses: ['2024-02-29 12:30:00Z', '2023-02-29T12:30:00Z'] },
  duration: { accepts: ['P1Y2M3DT4H5M6S', 'PT1S', 'P2W'], refuses: ['P', 'PT', 'P1S', '1D'] },
  uuid: { accepts: ['123e4567-e89b-12d3-a456-426614174000'], refuses: ['123e4567e89b12d3a456426614174000'] },
  uuid4: { accepts: ['123e4567-e89b-42d3-a456-426614174000'], refuses: ['123e4567-e89b-12d3-a456-426614174000'] },
  email: { accepts: ['a.b+c@example.org'], refuses: ['a@b', '@x.org', 'a..b@x.org', 'a b@x.org'] },
  hostname: { accepts: ['localhost', 'a-1.example.org'], refuses: ['-a', 'a-', 'a..b', ''] },
  ipv4: { accepts: ['0.0.0.0', '255.249.199.9'], refuses: ['256.0.0.1', '1.2.3', '01.2.3.4'] },
  ipv6: {
    accepts: ['::', '::1', 'fe80::1:2', '1:2:3:4:5:6:7:8', '1::'],
    refuses: ['1:2:3', '::1::', '1:2:3:4:5:6:7:8:9', '12345::'],
  },
  uri: {
    accepts: ['https://example.org:80/a%20b?c=d#e', 'urn:isbn:123', 'mailto:a@b.org'],
    refuses: ['example.org', 'http://a b', '/x'],
  },
  'json-pointer': { accepts: ['', '/a~1b/0'], refuses: ['a', '/~2'] },
  byte: { accepts: ['', 'aGk=', 'aGlp'], refuses: ['a', 'aGk'] },
};

describe('a grammar of a schema', () => {
  test.each(Object.entries(cases))('%s', (_, { schema, accepts, refuses }) => {
    const recogniser = new GbnfRecogniser(grammarForSchema(schema));
    expect(accepts.filter((document) => !recogniser.matches(JSON.stringify(document)))).toEqual([]);
    expect(accepts.filter((document) => !recogniser.matches(JSON.stringify(document, null, 2)))).toEqual([]);
    expect(refuses.filter((document) => recogniser.matches(JSON.stringify(document)))).toEqual([]);
  });

  test.each(Object.entries(formats))('strings of the format %s', (format, { accepts, refuses }) => {
    const recogniser = new GbnfRecogniser(grammarForSchema({ type: 'string', format }));
    expect(accepts.filter((each) => !recogniser.matches(JSON.stringify(each)))).toEqual([]);
    expect(refuses.filter((each) => recogniser.matches(JSON.stringify(each)))).toEqual([]);
  });

  test.each([
    [
      'a declared name again, spelled with an escape',
      { ...closed({ a: whole }), additionalProperties: true },
      '{"a":1,"\\u0061":"x"}',
    ],
    ['a forbidden character, spelled with an escape', { pattern: '^a$' }, '"\\u0061"'],
    ['half of a surrogate pair', text, '"\\ud83d"'],
    ['halves of a pair in the wrong order', text, '"\\ude00\\ud83d"'],
    ['a number that is read as infinity', { type: 'number' }, '1e999'],
    ['a leading zero', { type: 'integer' }, '01'],
    ['blanks behind the document', { type: 'boolean' }, 'true '],
    ['a second document', { type: 'boolean' }, 'truetrue'],
  ])('does not admit %s', (_, schema, spelled) => {
    expect(new GbnfRecogniser(grammarForSchema(schema)).matches(spelled)).toBe(false);
  });

  test('admits a surrogate pair as one character', () => {
    const recogniser = new GbnfRecogniser(grammarForSchema({ type: 'string', maxLength: 1 }));
    expect(recogniser.matches('"\\ud83d\\ude00"')).toBe(true);
    expect(recogniser.matches('"\\u0041\\u0042"')).toBe(false);
  });

  test('follows few readings at once, however many members are optional', () => {
    const names = Array.from({ length: 100 }, (_, index) => `member${index}`);
    const recogniser = new GbnfRecogniser(
      grammarForSchema(closed(Object.fromEntries(names.map((name) => [name, whole])), [])),
    );
    expect(recogniser.matches(JSON.stringify(Object.fromEntries(names.map((name) => [name, 1])), null, 2))).toBe(true);
    expect(recogniser.mostStacks).toBeLessThan(150);
  });
});

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}

describe('a schema that cannot be enforced', () => {
  test.each([
    ['not', { properties: { 'a/b~c': { not: {} } } }, '/properties/a~1b~0c/not'],
    ['if', { items: { if: {}, else: {} } }, '/items/if'],
    ['a pattern of names with look ahead', { patternProperties: { '^(?=a)': {} } }, '/patternProperties/^(?=a)'],
    [
      'many patterns of names',
      { patternProperties: Object.fromEntries(Array.from('abcdefg', (letter) => [letter, {}])) },
      '/patternProperties',
    ],
    ['unevaluatedProperties', { unevaluatedProperties: false }, '/unevaluatedProperties'],
    ['dependentRequired', { dependentRequired: { a: ['b'] } }, '/dependentRequired'],
    ['contains', { contains: {} }, '/contains'],
    ['uniqueItems', { items: {}, uniqueItems: true }, '/uniqueItems'],
    ['multipleOf a fraction', { type: 'number', multipleOf: 0.01 }, '/multipleOf'],
    ['multipleOf zero', { type: 'number', multipleOf: 0 }, '/multipleOf'],
    ['multipleOf where doubles are far apart', { type: 'integer', multipleOf: 10, minimum: 1e18 }, '/multipleOf'],
    ['multipleOf a large number', { type: 'integer', multipleOf: 1_001 }, '/multipleOf'],
    ['then', JSON.parse('{"then":{}}'), '/then'],
    ['else', { else: {} }, '/else'],
    ['dependentSchemas', { dependentSchemas: { a: {} } }, '/dependentSchemas'],
    ['unevaluatedItems', { unevaluatedItems: false }, '/unevaluatedItems'],
    ['minContains', { minContains: 1 }, '/minContains'],
    ['$dynamicRef', { $dynamicRef: '#' }, '/$dynamicRef'],
    ['oneOf that overlaps', { oneOf: [{ type: 'integer' }, { type: 'number' }] }, '/oneOf'],
    [
      'oneOf whose options share optional members',
      { oneOf: [closed({ a: whole }, []), closed({ b: whole }, [])] },
      '/oneOf',
    ],
    ['a format nobody defined', { format: 'phone' }, '/format'],
    ['a format beyond grammars', { format: 'idn-email' }, '/format'],
    ['a look ahead', { pattern: '^(?=a)' }, '/pattern'],
    ['a word boundary', { pattern: '\\bword\\b' }, '/pattern'],
    ['a back reference', { pattern: '(a)\\1' }, '/pattern'],
    ['a reference elsewhere', { $ref: 'https://example.org/schema' }, '/$ref'],
    ['a reference by anchor', { $ref: '#node' }, '/$ref'],
    ['a reference to nothing', { $ref: '#/$defs/none' }, '/$ref'],
    ['a base for references', { items: { $id: 'https://example.org/' } }, '/items/$id'],
    ['minProperties on free names', { type: 'object', minProperties: 2 }, '/minProperties'],
    ['a type nobody knows', { type: 'strin' }, '/type'],
    ['a broken pattern', { pattern: '(' }, '/pattern'],
    ['a broken list of members', { properties: [] }, '/properties'],
    ['a broken schema', { properties: { a: 5 } }, '/properties/a'],
    ['a broken count', { minLength: -1 }, '/minLength'],
    ['a broken number', { minimum: '1' }, '/minimum'],
    ['a broken list of names', { required: [1] }, '/required'],
  ])('is refused by the pointer of the keyword: %s', (_, schema, pointer) => {
    expect(failureOf(schema)).toMatchObject({ code: 'invalid_format', status: 400 });
    expect(failureOf(schema).message.split(' at ').at(-1)).toBe(pointer);
  });

  test.each([
    ['contradicts itself', { allOf: [text, whole] }],
    ['needs itself', { properties: { a: { $ref: '#' } }, required: ['a'] }],
    ['is itself', { $ref: '#' }],
    ['is a definition that is itself', { $ref: '#/$defs/r', $defs: { r: { $ref: '#/$defs/r' } } }],
    ['is itself or text', { anyOf: [{ $ref: '#' }, text] }],
    ['is false', false],
    ['needs a member that cannot be', closed({ a: false })],
    ['has bounds the wrong way round', { type: 'integer', minimum: 2, maximum: 1 }],
    ['has a pattern no length fits', { pattern: '^a{5}$', maxLength: 4 }],
    ['is no object', 'text'],
  ])('is refused when it %s', (_, schema) => {
    expect(failureOf(schema)).toMatchObject({ code: 'invalid_format', status: 400 });
  });
});

describe('a hostile schema', () => {
  const chain = (length: number, step: (next: string, index: number) => unknown): object => ({
    $ref: '#/$defs/d0',
    $defs: Object.fromEntries(
      Array.from({ length: length + 1 }, (_, index) => [
        `d${index}`,
        index === length ? text : step(`#/$defs/d${index + 1}`, index),
      ]),
    ),
  });
  const nested = (depth: number): object => (depth === 0 ? {} : { properties: { a: nested(depth - 1) } });

  test.each<[string, unknown]>([
    ['nested too deeply', nested(500)],
    [
      'two choices in each of sixty references',
      chain(60, (next) => ({ anyOf: [{ $ref: next, title: 'a' }, { $ref: next }] })),
    ],
    [
      'combinations of references that never repeat',
      chain(60, (next, index) =>
        closed({ a: { $ref: next }, b: { allOf: [{ $ref: next }, { $ref: `#/$defs/d${(index * 7) % 60}` }] } }, ['a']),
      ),
    ],
    [
      'all of thirty alternatives',
      {
        allOf: Array.from({ length: 30 }, (_, index) => ({
          anyOf: [{ minLength: index }, { maxLength: 100 - index }],
        })),
      },
    ],
    ['a huge minimum of characters', { type: 'string', minLength: 1e9 }],
    ['a huge minimum of items', { type: 'array', minItems: 1e9 }],
    ['repetitions of repetitions', { pattern: '^(((a{100}){100}){100})$' }],
    ['repetitions of nothing', { pattern: '^((){19000}){19000}$' }],
    ['a pattern with exponentially many states', { pattern: 'a.{25}$' }],
    [
      'two hundred patterns at once',
      { allOf: Array.from({ length: 200 }, (_, index) => ({ type: 'string', pattern: `a.{${index % 9}}b` })) },
    ],
    ['groups in groups', { pattern: `${'('.repeat(1_000)}a${')'.repeat(1_000)}` }],
    ['a pattern of a megabyte', { pattern: 'a'.repeat(1_000_000) }],
    ['a name of a megabyte', closed({ ['x'.repeat(1_100_000)]: {} })],
    ['a bound of three hundred digits', { type: 'number', minimum: 1e300 }],
    [
      'thousands of members with patterns',
      closed(
        Object.fromEntries(
          Array.from({ length: 9_000 }, (_, index) => [`p${index}`, { pattern: `^a{${index % 40}}$` }]),
        ),
      ),
    ],
  ])('is refused: %s', (_, schema) => {
    expect(failureOf(schema)).toMatchObject({ code: 'invalid_format', status: 400 });
    expect(failureOf(schema).message.length).toBeLessThan(500);
  });

  test.each<[string, unknown]>([
    ['a huge maximum of characters', { type: 'string', maxLength: 1e12 }],
    ['a huge maximum of items', { type: 'array', items: whole, maxItems: 1e12 }],
    ['a pattern that makes others backtrack', { pattern: '^(a+)+$' }],
    ['a pattern with a large maximum', { format: 'uri', minLength: 1, maxLength: 2_083 }],
    ['the range of all doubles', { type: 'number', minimum: -Number.MAX_VALUE, maximum: Number.MAX_VALUE }],
    ['bounds next to zero', { type: 'number', exclusiveMinimum: 0, maximum: 1 }],
    ['thousands of words', { enum: Array.from({ length: 5_000 }, (_, index) => `word ${index}`) }],
    ['words that begin each other', { enum: Array.from({ length: 300 }, (_, index) => 'a'.repeat(index)) }],
    [
      'two hundred tagged options',
      {
        oneOf: Array.from({ length: 200 }, (_, index) =>
          closed({ kind: { const: `k${index}` }, of: { $ref: '#' } }, ['kind']),
        ),
      },
    ],
    [
      'the same definition a thousand times',
      {
        ...closed(
          Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`p${index}`, { $ref: '#/$defs/t' }])),
        ),
        $defs: { t: { format: 'date-time' } },
      },
    ],
  ])('is enforced in a grammar the engine takes: %s', (_, schema) => {
    expect(() => new GbnfRecogniser(grammarForSchema(schema))).not.toThrow();
  });
});

function failureOf(schema: unknown): CorralError {
  try {
    grammarForSchema(schema);
  } catch (error) {
    if (error instanceof CorralError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}
