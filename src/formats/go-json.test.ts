import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goListLine, goMapLine, goStructLine, type JsonValue } from './go-json.ts';

describe('JSON as Go writes it', () => {
  test.each([
    ['angle brackets and ampersands are escaped', { a: '<b>&' }, '{"a":"\\u003cb\\u003e\\u0026"}\n'],
    ['line separators are escaped', { a: '\u2028\u2029' }, '{"a":"\\u2028\\u2029"}\n'],
    ['half a surrogate pair becomes the replacement character', { a: '\ud800' }, '{"a":"\ufffd"}\n'],
    ['map keys are sorted on every level', { b: { d: 1, c: [2] }, a: null }, '{"a":null,"b":{"c":[2],"d":1}}\n'],
    ['numbers', { a: [0.1, 1e21, 1e-7, -0, 123456789012345680] }, '{"a":[0.1,1e+21,1e-7,-0,123456789012345680]}\n'],
  ])('%s', (_, map, text) => {
    expect(goMapLine(map)).toBe(text);
  });

  test('a struct keeps the order of its fields and leaves absent ones out', () => {
    expect(goStructLine({ b: 1, c: undefined, a: { z: 1, y: 2 } })).toBe('{"b":1,"a":{"z":1,"y":2}}\n');
    expect(goListLine([{ b: 1, a: true }])).toBe('[{"b":1,"a":true}]\n');
  });

  test('any value reads back as it was', () => {
    const isKept = (value: unknown): boolean => JSON.stringify(value) !== undefined;
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: true }).filter(isKept), (value) => {
        const map = { value: value as JsonValue };
        // Not by way of JSON.stringify, which writes -0 as 0; Go keeps the sign.
        expect(JSON.parse(goMapLine(map))).toEqual(map);
      }),
    );
  });
});
