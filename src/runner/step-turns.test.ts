import { expect, test } from 'vitest';
import { planBatch, type StepKind } from './batch-planner.ts';
import { StepTurns } from './step-turns.ts';

const answer = { key: 0, pending: 1, decoding: true, drafted: 0 };
const document = { key: 1, pending: 100_000, decoding: false, drafted: 0 };

function kinds(sequences: readonly (typeof answer)[], smallMs: number, steps: number): string {
  const turns = new StepTurns();
  const made: StepKind[] = [];
  for (let step = 0; step < steps; step++) {
    const { kind } = planBatch(sequences, 128, 512, turns.last);
    turns.record(kind, kind === 'bulk' ? 400 : smallMs);
    made.push(kind);
  }
  return made.map((kind) => kind.charAt(0)).join('');
}

test.each([
  ['small steps fill a tenth of the time of a bulk step', [answer, document], 10, 'sbssssbssssb'],
  ['a slow one is enough for it', [answer, document], 90, 'sbsbsbsbsbsb'],
  ['where only answers wait there is no bulk step', [answer], 10, 'ssssssssssss'],
  ['where only documents wait there is no small one', [document], 10, 'bbbbbbbbbbbb'],
])('%s', (_name, sequences, smallMs, expected) => {
  expect(kinds(sequences, smallMs, 12)).toBe(expected);
});
