/**
 * Whose turn it is where both kinds of step have work: after a bulk step small ones go on for a tenth of its time, at least one. Pure.
 *
 * One small step for each bulk step is not enough: answers then come out at two tokens per second while a document is computed, and hold
 * their sequences so long that short questions find none. Simulated (docs/simulation.md, one engine, load 0.8): one in ten short ones
 * waited 16 s with single turns, 1.5 s with a tenth, 1.6 s with a quarter; engines did 2 and 4 % less in all, because the more answers
 * are computed together the less each takes. Documents' median wait grew from 13.0 to 13.7 s.
 */
import type { StepKind } from './batch-planner.ts';

const smallShare = 0.1;

export class StepTurns {
  #last: StepKind = 'bulk';
  #owedMs = 0;

  /** The step before, as the planner is to see it: behind a bulk step a small one follows. */
  get last(): StepKind {
    return this.#owedMs > 0 ? 'bulk' : this.#last;
  }

  record(kind: StepKind, ms: number): void {
    this.#last = kind;
    this.#owedMs = kind === 'bulk' ? ms * smallShare : this.#owedMs - ms;
  }
}
