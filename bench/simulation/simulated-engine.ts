/**
 * A runner without a model: the serving loop's own queue, planner and step budget, with the computing replaced by its time. Letting in and
 * setting back follow src/runner/serving-loop.ts. Prefixes are not cached and drafts not made, so every token is paid for.
 */
import { planBatch, type PlanEntry, type StepKind } from '../../src/runner/batch-planner.ts';
import { FairQueue } from '../../src/runner/fair-queue.ts';
import { hasPromptPlace } from '../../src/runner/prompt-places.ts';
import { StepBudget } from '../../src/runner/step-budget.ts';
import { StepTurns } from '../../src/runner/step-turns.ts';
import { pendingTokens, type SimulatedRequest } from './simulated-request.ts';
import { stepMs } from './step-time.ts';

export interface EngineSizes {
  readonly sequences: number;
  readonly kvCells: number;
  readonly batchTokens: number;
}

/** As in the serving loop. */
const cellsToGrow = 32;

export class SimulatedEngine {
  readonly #sizes: EngineSizes;
  readonly #queue: FairQueue<SimulatedRequest>;
  readonly #budget: StepBudget;
  readonly #running: SimulatedRequest[] = [];
  readonly #turns = new StepTurns();
  #kind: StepKind = 'bulk';
  #plan: readonly PlanEntry[] = [];

  /** `clientOf` says who takes turns; the same text for all makes it a queue by arrival. */
  constructor(sizes: EngineSizes, clientOf: (request: SimulatedRequest) => string) {
    this.#sizes = sizes;
    this.#queue = new FairQueue(clientOf);
    this.#budget = new StepBudget(sizes.batchTokens);
  }

  /** Requests that wait or run. */
  get inFlight(): number {
    return this.#queue.size + this.#running.length;
  }

  add(request: SimulatedRequest): void {
    this.#queue.add(request);
  }

  /** Begins a step; its time in ms, 0 = nothing to do. */
  begin(): number {
    this.#admit();
    if (this.#running.length === 0) return 0;
    this.#plan = this.#planWithinCells();
    let tokens = 0;
    for (const { count } of this.#plan) tokens += count;
    const ms = stepMs(tokens);
    this.#budget.record(tokens, ms);
    this.#turns.record(this.#kind, ms);
    return ms;
  }

  /** The step is over: its tokens are there. */
  end(nowMs: number): void {
    const ended: SimulatedRequest[] = [];
    for (const { key, count } of this.#plan) {
      const request = this.#running[key];
      if (request === undefined) continue;
      request.cells += count;
      if (pendingTokens(request) > 0) continue;
      request.generated++;
      request.firstTokenMs ??= nowMs;
      this.#queue.charge(request, 1);
      if (request.generated < request.answerTokens) continue;
      request.endMs = nowMs;
      ended.push(request);
    }
    for (const request of ended) {
      this.#running.splice(this.#running.indexOf(request), 1);
      this.#queue.leave(request);
    }
  }

  #admit(): void {
    while (this.#running.length < this.#sizes.sequences) {
      const pending = this.#running.map(pendingTokens);
      const mayBegin = ({ promptTokens }: SimulatedRequest) =>
        hasPromptPlace(promptTokens, pending, this.#sizes.sequences);
      const next = this.#queue.peek(mayBegin);
      if (next === undefined) return;
      let reserved = next.promptTokens + next.generated + cellsToGrow * (this.#running.length + 1);
      for (const { promptTokens, generated } of this.#running) reserved += promptTokens + generated;
      if (reserved > this.#sizes.kvCells && this.#running.length > 0) return;
      this.#queue.take(mayBegin);
      if (next.setBacks === 0) this.#queue.charge(next, next.promptTokens);
      this.#running.push(next);
    }
  }

  #planWithinCells(): readonly PlanEntry[] {
    for (;;) {
      const { kind, entries } = planBatch(
        this.#running.map((request, key) => {
          const pending = pendingTokens(request);
          return { key, pending, decoding: request.generated > 0 && pending === 1, drafted: 0 };
        }),
        this.#budget.tokens(this.#running.some(({ generated }) => generated > 0)),
        this.#sizes.batchTokens,
        this.#turns.last,
      );
      let used = 0;
      for (const { count } of entries) used += count;
      for (const { cells } of this.#running) used += cells;
      if (used <= this.#sizes.kvCells || !this.#setBackYoungest()) {
        this.#kind = kind;
        return entries;
      }
    }
  }

  /** Its cells are kept aside, as a copy; the simulation lets that take no time. */
  #setBackYoungest(): boolean {
    if (this.#running.length < 2) return false;
    const youngest = this.#running.pop();
    if (youngest === undefined) return false;
    youngest.setBacks++;
    this.#queue.putBack(youngest);
    return true;
  }
}
