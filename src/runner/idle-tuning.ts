/** Lets a tuner measure while a runner has nothing to do, a piece at a time, and tells what came of it. */
import type { ChildMessage, LoadRequest } from '../engine/runner-protocol.ts';
import type { Model } from '../llama/model.ts';
import { measureThreads } from './measure-threads.ts';
import { Tuner } from './tuner.ts';

/** Whoever has just had an answer often asks again. */
const quietMs = 3000;

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
  #timer: NodeJS.Timeout | undefined;
  #isTold = false;

  constructor(load: LoadRequest, parts: TunedParts) {
    this.#parts = parts;
    this.#scratch = load.sequences;
    const canMeasure = load.mode === 'completion' && parts.model.canTakeBack;
    this.#tuner = load.threadChoices === undefined || !canMeasure ? undefined : new Tuner(load.threadChoices);
  }

  /** Somebody asks: nothing is measured now. */
  pause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Nobody asks any more. */
  resume(): void {
    const tuner = this.#tuner;
    if (tuner === undefined || this.#isTold || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#measure(tuner), quietMs).unref();
  }

  #measure(tuner: Tuner): void {
    this.#timer = undefined;
    const promptTokensPerMs = this.#parts.promptTokensPerMs();
    if (promptTokensPerMs === undefined) return;
    const threads = tuner.next;
    if (threads !== undefined) {
      this.#parts.useThreads(threads);
      const measured = measureThreads(this.#parts.model, this.#scratch);
      this.#parts.useThreads(tuner.threads);
      if (measured !== undefined) tuner.record(measured);
    }
    if (tuner.next === undefined) {
      this.#isTold = true;
      this.#parts.useThreads(tuner.threads);
      this.#parts.send({ type: 'tuned', threads: tuner.threads, promptTokensPerMs });
    } else {
      // Messages are read before the next piece.
      this.#timer = setTimeout(() => this.#measure(tuner), 0);
    }
  }
}
