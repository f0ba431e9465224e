import { tileTokens } from './batch-planner.ts';

/**
 * How many prompt tokens a step may compute so that it stays under a time bound. In company the bound limits the gap between
 * tokens of the sequences that decode meanwhile; alone it limits only how long a cancellation or a new request waits.
 *
 * Measured (SmolLM2-135M, 2 cores, tokens per second of a 1400-token prompt): 262 to 295 in steps of 64, 312 to 325 in steps
 * of 128, no more beyond that. So short steps are for company, and nothing is gained by long ones.
 */
const companyStepMs = 200;
const aloneStepMs = 400;
/** Weight of the newest step in the running average. */
const weight = 0.3;

export class StepBudget {
  readonly #mostTokens: number;
  #tokensPerMs: number | undefined;

  /** `mostTokens`: what a batch holds. */
  constructor(mostTokens: number) {
    this.#mostTokens = mostTokens;
  }

  /** Prompt tokens for the next step, at least a tile. Before the first measurement two: a slow machine must not stall at once. */
  tokens(inCompany: boolean): number {
    const stepMs = inCompany ? companyStepMs : aloneStepMs;
    const wanted = this.#tokensPerMs === undefined ? 2 * tileTokens : Math.floor(this.#tokensPerMs * stepMs);
    // Whole multiples of 32 keep the kernels' row blocks full.
    return Math.min(this.#mostTokens, Math.max(tileTokens, wanted - (wanted % 32)));
  }

  /** A step of `tokens` prompt tokens took `ms`. Small steps say little about throughput and are left out. */
  record(tokens: number, ms: number): void {
    if (tokens < tileTokens || ms <= 0) return;
    const rate = tokens / ms;
    this.#tokensPerMs = this.#tokensPerMs === undefined ? rate : this.#tokensPerMs * (1 - weight) + rate * weight;
  }
}
