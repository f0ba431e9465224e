/** Lets a tuner measure, a piece at a time while a runner has nothing to do (idle-work.ts), and tells what came of it. */
import type { ChildMessage, LoadRequest } from '../engine/runner-protocol.ts';
import type { Model } from '../llama/model.ts';
import { measureThreads } from './measure-threads.ts';
import { Tuner } from './tuner.ts';

export interface TunedParts {
  readonly model: Model;
  /** Makes the engine compute with so many threads from now on. */
  readonly useThreads: (threads: number) => void;
  /** Speed of prompts so far; undefined while none was long enough to tell. */
  readonly promptTokensPerMs: () => number | undefined;
  readonly send: (message: ChildMessage) => void;
}

export class IdleTuning {
  readonly #tuner: Tuner | undefined;
  readonly #scratch: number;
  readonly #parts: TunedParts;
  #isTold = false;

  constructor(load: LoadRequest, parts: TunedParts) {
    this.#parts = parts;
    this.#scratch = load.sequences;
    const canMeasure = load.mode === 'completion' && parts.model.canTakeBack;
    this.#tuner = load.threadChoices === undefined || !canMeasure ? undefined : new Tuner(load.threadChoices);
  }

  /** False when there is nothing left to measure, or nothing to compare with yet. */
  measurePiece(): boolean {
    const tuner = this.#tuner;
    const promptTokensPerMs = this.#parts.promptTokensPerMs();
    if (tuner === undefined || this.#isTold || promptTokensPerMs === undefined) return false;
    const threads = tuner.next;
    if (threads !== undefined) {
      this.#parts.useThreads(threads);
      const measured = measureThreads(this.#parts.model, this.#scratch);
      this.#parts.useThreads(tuner.threads);
      if (measured !== undefined) tuner.record(measured);
    }
    if (tuner.next !== undefined) return true;
    this.#isTold = true;
    this.#parts.useThreads(tuner.threads);
    this.#parts.send({ type: 'tuned', threads: tuner.threads, promptTokensPerMs });
    return false;
  }
}
