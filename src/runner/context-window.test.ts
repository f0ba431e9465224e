import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { promptCut, shiftCut } from './context-window.ts';

describe('context window', () => {
  test('a prompt loses its middle and keeps its beginning and its end', () => {
    // 100 of context, 4 kept: 100 - 48 = 52 remain of 200
    expect(promptCut(200, 100, 4)).toEqual({ from: 4, to: 152 });
  });

  test('a full context drops half of what lies behind the kept tokens', () => {
    expect(shiftCut(100, 100, 4)).toEqual({ from: 4, to: 52 });
  });

  test('keeping everything still leaves room to go on', () => {
    expect(shiftCut(100, 100, 100)).toEqual({ from: 96, to: 98 });
  });

  test('after either cut there is room in the context and something was dropped', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 5000 }),
        fc.integer({ min: 0, max: 6000 }),
        fc.integer({ min: 0, max: 9000 }),
        (context, keep, over) => {
          const length = context + over;
          const prompt = promptCut(length, context, keep);
          expect(length - (prompt.to - prompt.from)).toBeLessThan(context);
          const shift = shiftCut(context - 1, context, keep);
          expect(shift.to).toBeGreaterThan(shift.from);
          expect(shift.to).toBeLessThanOrEqual(context - 1);
        },
      ),
    );
  });
});
