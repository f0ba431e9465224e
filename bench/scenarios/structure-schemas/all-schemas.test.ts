import { describe, expect, it } from 'vitest';
import { faultOf } from '../../measuring/json-schema-judge.ts';
import { allSchemas, spread } from './all-schemas.ts';

describe('the schemas of the structure scenario', () => {
  it('are more than two hundred, each with a name of its own, and the judge reads every one', () => {
    const schemas = allSchemas();
    expect(new Set(schemas.map(({ name }) => name)).size).toBe(schemas.length);
    expect(schemas.length).toBeGreaterThan(200);
    expect(schemas.map(({ schema }) => faultOf(schema, 'no document')).filter((fault) => fault !== 'no JSON')).toEqual(
      [],
    );
  });
});

describe('spread', () => {
  it.each([
    ['none left out when there are not more', 5, [0, 1, 2, 3, 4]],
    ['some from everywhere', 2, [2, 4]],
    ['one', 1, [4]],
  ])('takes %s', (_, count, expected) => {
    expect(spread([0, 1, 2, 3, 4], count)).toEqual(expected);
  });
});

describe('the judge', () => {
  it.each([
    ['nothing in a document of the schema', '{"a":1}', undefined],
    ['the place in one that is not', '{"a":"x"}', '/a must be integer'],
    ['text that is no JSON', '{"a":', 'no JSON'],
  ])('finds %s', (_, text, fault) => {
    expect(faultOf({ type: 'object', properties: { a: { type: 'integer' } } }, text)).toBe(fault);
  });
});
