import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { GbnfRecogniser } from '../../../test/support/gbnf-recogniser.ts';
import { GbnfSampler } from '../../../test/support/gbnf-sampler.ts';
import { judgeOf } from '../../../test/support/json-schema-judge.ts';
import { anySchema, schemaWithDocument } from '../../../test/support/random-schema.ts';
import { CorralError } from '../../core/corral-error.ts';
import { grammarForFormat } from './grammar-for-format.ts';
import { grammarForSchema } from './grammar-for-schema.ts';

const keywords = [
  'type',
  'properties',
  'items',
  'enum',
  'const',
  'pattern',
  'format',
  'minimum',
  'minLength',
  'anyOf',
  '$ref',
];

describe('grammars of random schemas', () => {
  test('admit only documents that an independent validator accepts', () => {
    let compared = 0;
    fc.assert(
      fc.property(
        anySchema,
        fc.infiniteStream(fc.double({ min: 0, max: 0.999_999, noNaN: true })),
        (schema, randoms) => {
          const grammar = grammarOrRefusal(schema);
          if (grammar === undefined) return;
          const judge = judgeOf(schema);
          const sampler = new GbnfSampler(grammar);
          const recogniser = new GbnfRecogniser(grammar);
          const random = (): number => randoms.next().value ?? 0;
          for (const length of [0, 20, 100, 100]) {
            const text = sampler.sample(random, length);
            expect(recogniser.matches(text)).toBe(true);
            expect(judge(JSON.parse(text)) ? '' : text).toBe('');
            compared++;
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(compared).toBeGreaterThan(150);
  });

  test('admit a document made for the schema, compact and indented', () => {
    fc.assert(
      fc.property(schemaWithDocument, ({ schema, document }) => {
        expect(judgeOf(schema)(document)).toBe(true);
        const recogniser = new GbnfRecogniser(grammarForSchema(schema));
        expect(recogniser.matches(JSON.stringify(document))).toBe(true);
        expect(recogniser.matches(JSON.stringify(document, null, 2))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test('do not admit a changed document that the validator rejects', () => {
    let rejected = 0;
    fc.assert(
      fc.property(schemaWithDocument, fc.nat(), fc.jsonValue({ maxDepth: 1 }), ({ schema, document }, place, other) => {
        const changed = changedAt(document, place, other);
        if (judgeOf(schema)(changed)) return;
        rejected++;
        expect(new GbnfRecogniser(grammarForSchema(schema)).matches(JSON.stringify(changed))).toBe(false);
      }),
      { numRuns: 150 },
    );
    expect(rejected).toBeGreaterThan(30);
  });

  test('refuse any other JSON with the typed error alone', () => {
    const outcome = (value: unknown): string => {
      try {
        return typeof grammarForFormat(value);
      } catch (error) {
        return error instanceof CorralError ? error.code : String(error);
      }
    };
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(['string', 'invalid_format']).toContain(outcome(value));
      }),
      { numRuns: 300 },
    );
  });

  test('refuse keywords with values of any kind with the typed error alone', () => {
    const key = fc.constantFrom(...keywords);
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 2 })), (schema) => {
        expect(['string', 'undefined']).toContain(typeof grammarOrRefusal(schema));
      }),
      { numRuns: 300 },
    );
  });
});

/** The grammar, or undefined where the schema was refused as a client's mistake. */
function grammarOrRefusal(schema: unknown): string | undefined {
  try {
    return grammarForSchema(schema);
  } catch (error) {
    if (error instanceof CorralError && error.code === 'invalid_format' && error.status === 400) return undefined;
    throw error;
  }
}

/** `document` with one of its values, the one numbered `place`, replaced by `other`, left out or doubled. */
function changedAt(document: unknown, place: number, other: unknown): unknown {
  let counted = 0;
  const count = (value: unknown): void => {
    counted++;
    if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) count(child);
  };
  count(document);
  const target = place % counted;
  const way = Math.floor(place / counted) % 3;
  let index = 0;
  const change = (value: unknown): unknown[] => {
    if (index++ === target) return way === 0 ? [] : way === 1 ? [other] : [value, value];
    if (Array.isArray(value)) return [value.flatMap(change)];
    if (typeof value !== 'object' || value === null) return [value];
    const members = Object.entries(value).flatMap(([name, child]) => {
      const [first, second] = change(child);
      const kept: [string, unknown][] = first === undefined ? [] : [[name, first]];
      return second === undefined ? kept : [...kept, [`${name}2`, second] satisfies [string, unknown]];
    });
    return [Object.fromEntries(members)];
  };
  return change(document)[0] ?? null;
}
