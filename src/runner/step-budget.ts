import { tileTokens } from './batch-planner.ts';

/**
 * How many prompt tokens a step may compute so that it stays under a time bound. While others decode the bound limits the gap between
 * their tokens; otherwise it limits only how long a cancellation or a new request waits.
 *
 * Measured (SmolLM2-135M, 2 cores, tokens per second of a 1400-token prompt): 262 to 295 in steps of 64, 312 to 325 in steps
 * of 128, no more beyond that; on a Zen 5, 441 in steps of 320 and 453 in steps of 512. On an older processor (AVX2): 99 in steps of 32, 151 in steps of 64, up to 220 in steps of 512. So a
 * processor for which a bound means small steps gets steps of 128 all the same, as long as they stay under a second.
 *
 * What counts for that is the time a step takes when the threads have their cores. Beside a busy neighbour they lose about as much in a small step
 * as in a large one (free-cores.ts), so small ones would lose more: a prompt of 600 tokens took 2.2 s in steps of 256 and 1.95 s in steps of up to
 * 512. Only the gap between others' tokens is bounded as it is.
 */
const besideDecodingMs = 250;
const otherwiseMs = 1200;
const efficientTokens = 2 * tileTokens;
const mostMs = 1000;
/** Whole multiples keep the kernels' row blocks full. */
const rowBlock = 32;
/** Weight of the newest step in the running average. */
const weight = 0.3;

export class StepBudget {
  readonly #mostTokens: number;
  #tokensPerMs: number | undefined;
  #keptShare = 1;

  /** `mostTokens`: what a batch holds. `tokensPerMs`: as measured in an earlier life. */
  constructor(mostTokens: number, tokensPerMs?: number) {
    this.#mostTokens = mostTokens;
    this.#tokensPerMs = tokensPerMs;
  }

  /** Prompt tokens per millisecond of the threads' own time of late; undefined before the first step of a tile. */
  get tokensPerMs(): number | undefined {
    return this.#tokensPerMs;
  }

  /** Prompt tokens for the next step, at least a tile. Before the first measurement two: a slow machine must not stall at once. */
  tokens(othersDecode: boolean): number {
    const boundMs = othersDecode ? besideDecodingMs * this.#keptShare : otherwiseMs;
    const rate = this.#tokensPerMs;
    const wanted =
      rate === undefined ? efficientTokens : Math.max(rate * boundMs, Math.min(efficientTokens, rate * mostMs));
    return Math.min(this.#mostTokens, Math.max(tileTokens, Math.floor(wanted / rowBlock) * rowBlock));
  }

  /**
   * A step of `tokens` prompt tokens took `ms`, of which its threads had `keptShare`, 0 to 1. Small steps say little about throughput and are left
   * out.
   */
  record(tokens: number, ms: number, keptShare = 1): void {
    if (tokens < tileTokens || ms * keptShare <= 0) return;
    const rate = tokens / (ms * keptShare);
    this.#tokensPerMs = this.#tokensPerMs === undefined ? rate : this.#tokensPerMs * (1 - weight) + rate * weight;
    this.#keptShare = this.#keptShare * (1 - weight) + keptShare * weight;
  }
}
