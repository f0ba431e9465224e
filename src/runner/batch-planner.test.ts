import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planBatch, tileTokens, type PlannedSequence, type StepKind } from './batch-planner.ts';

const decode = (key: number): PlannedSequence => ({ key, pending: 1, decoding: true, drafted: 0 });
const prompt = (key: number, pending: number): PlannedSequence => ({ key, pending, decoding: false, drafted: 0 });

describe('batch planner', () => {
  test('drafted tokens take the room that tokens and prompts leave', () => {
    const drafting = { ...decode(0), drafted: 50 };
    expect(planBatch([drafting, decode(1), prompt(2, 20)], 128, 512, 'bulk').entries).toEqual([
      { key: 0, count: 1 + (tileTokens - 1 - 22) },
      { key: 1, count: 1 },
      { key: 2, count: 20 },
    ]);
  });

  test('every decoding sequence gets its token beside a short prompt', () => {
    const plan = planBatch([decode(0), prompt(1, 20), decode(2)], 128, 512, 'bulk');
    expect(plan).toEqual({
      kind: 'small',
      entries: [
        { key: 0, count: 1 },
        { key: 2, count: 1 },
        { key: 1, count: 20 },
      ],
    });
  });

  test('a long prompt and decoding sequences take turns', () => {
    const sequences = [decode(0), prompt(1, 1000)];
    expect(planBatch(sequences, 128, 512, 'small')).toEqual({ kind: 'bulk', entries: [{ key: 1, count: 128 }] });
    expect(planBatch(sequences, 128, 512, 'bulk')).toEqual({ kind: 'small', entries: [{ key: 0, count: 1 }] });
  });

  test('short prompts fill a small step up to one tile, the rest waits', () => {
    const { entries } = planBatch([prompt(0, 40), prompt(1, 40)], 128, 512, 'bulk');
    expect(entries).toEqual([
      { key: 0, count: 40 },
      { key: 1, count: 23 },
    ]);
  });

  test('half of a bulk step is the oldest prompt’s, the rest the shortest’s', () => {
    const { entries } = planBatch([prompt(0, 5000), prompt(1, 3000), prompt(2, 100)], 512, 512, 'small');
    expect(entries).toEqual([
      { key: 0, count: 256 },
      { key: 2, count: 100 },
      { key: 1, count: 156 },
    ]);
  });

  test.each<[string, number, readonly [number, number]]>([
    ['a question that fills the half exactly', 64, [64, 64]],
    ['one that can’t be split and is longer than the half', 100, [64, 100]],
    ['one that just can’t be split', 127, [64, 127]],
    ['one that can be split', 128, [64, 64]],
  ])('a document does not hold up %s', (_name, question, [first, second]) => {
    const { entries } = planBatch([prompt(0, 5000), prompt(1, question)], 128, 512, 'small');
    expect(entries).toEqual([
      { key: 0, count: first },
      { key: 1, count: second },
    ]);
  });

  test('no prompt leaves a fragment of a tile behind', () => {
    expect(planBatch([prompt(0, 150)], 128, 512, 'small').entries).toEqual([{ key: 0, count: 86 }]);
    expect(planBatch([prompt(0, 127)], 128, 512, 'small').entries).toEqual([{ key: 0, count: 127 }]);
  });

  test('a batch of one token still serves everyone in turn', () => {
    expect(planBatch([prompt(0, 10), decode(1)], 1, 1, 'small').entries).toEqual([{ key: 1, count: 1 }]);
    expect(planBatch([prompt(0, 10)], 1, 1, 'small').entries).toEqual([{ key: 0, count: 1 }]);
  });

  const anySequences = fc
    .array(
      fc.record({
        pending: fc.integer({ min: 1, max: 3000 }),
        decoding: fc.boolean(),
        drafted: fc.integer({ min: 0, max: 16 }),
      }),
      { maxLength: 40 },
    )
    .map((list) => list.map((one, key) => ({ ...one, key, pending: one.decoding ? 1 : one.pending })));

  test('no plan exceeds the batch, a budget or what is pending', () => {
    fc.assert(
      fc.property(
        anySequences,
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 600 }),
        fc.constantFrom<StepKind>('small', 'bulk'),
        (sequences, budget, capacity, last) => {
          const { entries, kind } = planBatch(sequences, budget, capacity, last);
          const total = entries.reduce((sum, { count }) => sum + count, 0);
          expect(total).toBeLessThanOrEqual(capacity);
          // A prompt that can't be split may take it over the budget, by less than a tile.
          const most = kind === 'bulk' ? Math.max(budget, 2 * tileTokens) + tileTokens - 1 : capacity;
          expect(total).toBeLessThanOrEqual(most);
          expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
          for (const { key, count } of entries) {
            expect(count).toBeGreaterThan(0);
            const { pending = 0, decoding = false, drafted = 0 } = sequences[key] ?? {};
            expect(count).toBeLessThanOrEqual(pending + (decoding ? drafted : 0));
          }
          expect(total > 0).toBe(sequences.length > 0);
        },
      ),
    );
  });

  test('run to the end, every token of every prompt is computed exactly once and nobody starves', () => {
    fc.assert(
      fc.property(
        anySequences,
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 40, max: 600 }),
        (start, budget, capacity) => {
          const left = new Map(start.filter(({ decoding }) => !decoding).map(({ key, pending }) => [key, pending]));
          const decoding = start.filter((sequence) => sequence.decoding);
          let last: StepKind = 'small';
          let steps = 0;
          while (left.size > 0) {
            const waiting = [...left].map(([key, pending]) => prompt(key, pending));
            const plan = planBatch([...decoding, ...waiting], budget, capacity, last);
            last = plan.kind;
            for (const { key, count } of plan.entries) {
              const pending = left.get(key);
              if (pending === undefined) continue;
              if (pending === count) left.delete(key);
              else left.set(key, pending - count);
            }
            // With as many decoding sequences as a batch holds, prompts rightly wait: sequences are fewer than that in practice.
            if (decoding.length >= Math.min(capacity, tileTokens - 1)) return;
            expect(++steps).toBeLessThan(200_000);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
