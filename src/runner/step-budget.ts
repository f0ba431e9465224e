import { tileTokens } from './batch-planner.ts';

/**
 * How many prompt tokens a step may compute so that it stays under a time bound. The bound limits three waits at once: the
 * gap between tokens of sequences that decode meanwhile, the time until a cancellation takes hold, and until a message is read.
 *
 * Measured (SmolLM2-135M, 2 cores): prefill runs at the same tokens per second from 64 tokens a step upwards, so short
 * steps cost nothing; below 64 it falls off, hence the floor of two tiles.
 */
const targetStepMs = 200;
const floorTokens = 2 * tileTokens;
/** Weight of the newest step in the running average. */
const weight = 0.3;

export class StepBudget {
  readonly #mostTokens: number;
  #tokensPerMs: number | undefined;

  /** `mostTokens`: what a batch holds. */
  constructor(mostTokens: number) {
    this.#mostTokens = mostTokens;
  }

  /** Prompt tokens for the next step. Until the first measurement the floor: a slow machine must not stall at once. */
  get tokens(): number {
    const wanted = this.#tokensPerMs === undefined ? floorTokens : Math.floor(this.#tokensPerMs * targetStepMs);
    // Whole multiples of 32 keep the kernels' row blocks full.
    const rounded = Math.max(floorTokens, wanted - (wanted % 32));
    return Math.min(this.#mostTokens, rounded);
  }

  /** A step of `tokens` prompt tokens took `ms`. Small steps say little about throughput and are left out. */
  record(tokens: number, ms: number): void {
    if (tokens < floorTokens / 2 || ms <= 0) return;
    const rate = tokens / ms;
    this.#tokensPerMs = this.#tokensPerMs === undefined ? rate : this.#tokensPerMs * (1 - weight) + rate * weight;
  }
}
