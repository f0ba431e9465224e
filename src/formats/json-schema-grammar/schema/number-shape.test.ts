import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { acceptsText } from '../automaton/text-automaton.ts';
import { decimalText, nextAbove } from './decimal-text.ts';
import { numberPatterns, numberShape } from './number-shape.ts';
import { SchemaDocument, type SchemaObject } from './schema-document.ts';
import { patternAutomaton } from './string-shape.ts';

function accepts(schema: SchemaObject, text: string): boolean {
  const document = new SchemaDocument(schema);
  const shape = numberShape(document, [schema], false);
  return numberPatterns(shape).every((pattern) =>
    acceptsText(patternAutomaton(document, schema, 'minimum', pattern), text),
  );
}

const decimal = fc
  .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 4 }))
  .map(([digits, places]) => digits / 10 ** places);

describe('the digits of a range', () => {
  test('are those of the numbers in it', () => {
    fc.assert(
      fc.property(
        decimal,
        decimal,
        decimal,
        fc.boolean(),
        fc.boolean(),
        (minimum, maximum, value, openBelow, openAbove) => {
          const schema = {
            [openBelow ? 'exclusiveMinimum' : 'minimum']: minimum,
            [openAbove ? 'exclusiveMaximum' : 'maximum']: maximum,
          };
          for (const each of [value, minimum, maximum]) {
            const isInside =
              (openBelow ? each > minimum : each >= minimum) && (openAbove ? each < maximum : each <= maximum);
            for (const spelled of [String(each), `${each}${String(each).includes('.') ? '' : '.'}000`]) {
              expect(accepts(schema, spelled), `${spelled} in ${JSON.stringify(schema)}`).toBe(isInside);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([
    [{ exclusiveMinimum: 0.1 }, '0.1000000000000000', false],
    [{ exclusiveMinimum: 0.1 }, '0.1000000000000001', true],
    [{ exclusiveMinimum: 0 }, '0', false],
    [{ exclusiveMinimum: 0 }, '0.000000000000001', true],
    [{ minimum: 0 }, '-0', false],
    [{ minimum: -0.5 }, '-0.50', true],
    [{ maximum: 1e-7 }, '0.0000001', true],
    [{ maximum: 1e-7 }, '0.0000002', false],
    [{ minimum: 5, exclusiveMinimum: true }, '5', false],
    [{ minimum: 1e17 }, '99999999999999999', false],
    [{ minimum: 1e17 }, '100000000000000000', true],
    [{ format: 'int32' }, '2147483647', true],
    [{ format: 'int32' }, '2147483648', false],
    [{ format: 'int64' }, '-9007199254740991', true],
    [{ format: 'uint64' }, '-1', false],
  ] satisfies [SchemaObject, string, boolean][])('%j and %s', (schema, text, expected) => {
    expect(accepts(schema, text)).toBe(expected);
  });
});

describe('the decimal text of a double', () => {
  test('is read back as the double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const { negative, whole, fraction } = decimalText(value);
        expect(whole).toMatch(/^(?:0|[1-9]\d*)$/);
        expect(Number(`${negative ? '-' : ''}${whole}.${fraction}0`) + 0).toBe(value + 0);
      }),
    );
  });

  test('has no other double next below the next above', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-300, max: 1e300 }), (value) => {
        expect(nextAbove(value)).toBeGreaterThan(value);
        expect((value + nextAbove(value)) / 2 === value || (value + nextAbove(value)) / 2 === nextAbove(value)).toBe(
          true,
        );
        expect(-nextAbove(-nextAbove(value))).toBe(value);
      }),
    );
  });
});
