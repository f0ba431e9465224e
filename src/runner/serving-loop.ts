/**
 * Continuous batching. Each step computes one batch: a token of every decoding sequence and as many prompt tokens of the
 * others as the step's budget allows, then samples and sends what came out. The loop owns all sequences and slots.
 *
 *   waiting --(slot and cells)--> running --(end, stop, limit, cancel)--> gone
 *      ^------(cells ran out: the youngest is set back)-----'
 *
 * Invariants: a sequence is in exactly one of waiting and running; running ones hold a slot; the cells held by slots never
 * exceed the pool; the oldest running sequence is never set back, so something always advances.
 */
import path from 'node:path';
import { canceled } from '../core/canceled.ts';
import { CorralError, toCorralError } from '../core/corral-error.ts';
import type { ChildMessage, GenerateRequest, LoadRequest, TokenItem } from '../engine/runner-protocol.ts';
import type { Bindings } from '../llama/bindings.ts';
import type { Model } from '../llama/model.ts';
import { TokenBatch } from '../llama/token-batch.ts';
import { AdapterTurns } from './adapter-turns.ts';
import { Admission } from './admission.ts';
import type { BatchComputer } from './batch-computer.ts';
import {
  planBatch,
  stepKind,
  tileTokens,
  type PlanEntry,
  type PlannedSequence,
  type StepKind,
} from './batch-planner.ts';
import { cellMemory } from './cell-memory.ts';
import { shiftCut } from './context-window.ts';
import type { DraftModel } from './draft-model.ts';
import { Drafter, type DraftWish } from './drafter.ts';
import { FairQueue } from './fair-queue.ts';
import { GenerationOutput, type Outcome } from './generation-output.ts';
import { PrefixCache, type Slot } from './prefix-cache.ts';
import { PrefixFiles } from './prefix-files.ts';
import { PromptTokens } from './prompt-tokens.ts';
import { pendingTokens, plannableTokens, type Sequence } from './sequence.ts';
import { startSequence } from './start-sequence.ts';
import { StepBudget } from './step-budget.ts';
import { StepTurns } from './step-turns.ts';
import { TokenOutbox } from './token-outbox.ts';

/** Prefixes put aside: a gigabyte holds tens of thousands of tokens of a small model, some thousands of a large one. */
const mostKeptBytes = 1024 ** 3;

export interface ServingLoopParts {
  readonly bindings: Bindings;
  readonly model: Model;
  readonly computer: BatchComputer;
  readonly load: LoadRequest;
  readonly send: (message: ChildMessage) => void;
  readonly draftModel: DraftModel | undefined;
}

export class ServingLoop {
  readonly #model: Model;
  readonly #computer: BatchComputer;
  readonly #bindings: Bindings;
  readonly #load: LoadRequest;
  readonly #send: (message: ChildMessage) => void;
  readonly #cache: PrefixCache;
  readonly #prompts: PromptTokens;
  readonly #batch: TokenBatch;
  readonly #budget: StepBudget;
  readonly #drafter: Drafter;
  readonly #output: GenerationOutput;
  readonly #outbox: TokenOutbox;
  readonly #turns = new AdapterTurns();
  readonly #admission: Admission;
  readonly #waiting = new FairQueue<Sequence>(({ request }) => request.client ?? '');
  /** By the time they were let in. */
  #running: Sequence[] = [];
  readonly #stepTurns = new StepTurns();
  /** Of the step that is being made. */
  #kind: StepKind = 'bulk';
  /** Adapters of the step that is being made; only sequences of these take part. */
  #adapters = '';

  constructor({ bindings, model, computer, load, send, draftModel }: ServingLoopParts) {
    this.#model = model;
    this.#computer = computer;
    this.#bindings = bindings;
    this.#load = load;
    this.#send = send;
    const memory = cellMemory(model, load.sequences);
    const files =
      load.prefixes === undefined
        ? undefined
        : new PrefixFiles(load.prefixes, path.dirname(load.modelPath), bindings.version());
    this.#cache = new PrefixCache({
      sequences: load.sequences,
      memory,
      mostKeptBytes: Math.min(mostKeptBytes, process.availableMemory() / 8),
      files,
    });
    this.#prompts = new PromptTokens(model.vocabulary);
    // At least a token per sequence and a useful piece of a prompt beside them.
    this.#batch = new TokenBatch(load.batchTokens, load.sequences);
    this.#budget = new StepBudget(load.batchTokens, load.promptTokensPerMs);
    this.#output = new GenerationOutput(model);
    this.#outbox = new TokenOutbox(send);
    this.#admission = new Admission({
      model,
      load,
      cache: this.#cache,
      waiting: this.#waiting,
      makeRoom: (cells) => this.#reclaimFor(cells),
      send,
    });
    this.#drafter = new Drafter(draftModel, load.draftsAlways === true);
  }

  get hasWork(): boolean {
    return this.#waiting.size > 0 || this.#running.length > 0;
  }

  generate(request: GenerateRequest): void {
    try {
      const sequence = startSequence(this.#bindings, this.#model, this.#prompts, this.#load.contextTokens, request);
      if (sequence.mostGenerated === 0) this.#finish(sequence, 'length');
      else this.#waiting.add(sequence);
    } catch (thrown) {
      const { code, message, cause, param } = toCorralError(thrown);
      const tooLong = code === 'prompt_too_long' ? (cause as { tokens: number; limit: number }) : undefined;
      this.#send({
        type: 'failed',
        id: request.id,
        code,
        message,
        ...(param !== undefined && { param }),
        ...(tooLong && { tooLong }),
      });
    }
  }

  cancel(id: number): void {
    const sequence = [...this.#running, ...this.#waiting.waiting()].find(({ request }) => request.id === id);
    if (sequence !== undefined) this.#fail(sequence, canceled());
  }

  /** Prompt tokens per millisecond of late; undefined where no prompt was long enough to tell. */
  get promptTokensPerMs(): number | undefined {
    return this.#budget.tokensPerMs;
  }

  /** While there is no work: copies a piece of what idle slots hold out of the cells. False when nothing is left to do. */
  copyIdlePrefix(): boolean {
    return this.#cache.copyFree();
  }

  /** Saves prefixes for `forMs` milliseconds at most. The last thing a loop does. */
  savePrefixes(forMs: number): void {
    this.#cache.save(performance.now() + forMs);
  }

  /** One step. Blocks for as long as the batch takes. */
  step(): void {
    this.#admission.admit(this.#running);
    this.#cache.keepOrder(this.#running.length === 1);
    for (const sequence of this.#running) this.#makeWindowRoom(sequence);
    for (const sequence of this.#running) this.#admission.follow(sequence, this.#running);
    if (this.#running.length === 0) return;
    this.#takeTurn();
    this.#draft();
    const plan = this.#planWithinCells();
    if (plan.length === 0) return;
    // From 512 cells on, whosever they are, the engine splits a lone token's attention and adds in another order.
    if (this.#running.length === 1 && plan[0]?.count === 1) this.#cache.keepAlone();
    if (this.#kind === 'bulk') this.#outbox.flush();
    const startedMs = performance.now();
    const outputs = this.#fillBatch(plan);
    const result = this.#computer.compute(this.#batch);
    if (result !== 'done') {
      this.#recoverFrom(result, plan);
      return;
    }
    this.#cache.stepDone();
    const nowMs = performance.now();
    this.#budget.record(this.#batch.length, nowMs - startedMs, this.#computer.keptShare);
    this.#stepTurns.record(this.#kind, nowMs - startedMs);
    this.#advance(plan, outputs, startedMs, nowMs);
    const { length, outputs: checked } = this.#batch;
    if (length < tileTokens) this.#drafter.cost.record(length, performance.now() - startedMs, checked);
  }

  #takeTurn(): void {
    const keys = this.#running.map(({ adapters }) => adapters);
    this.#adapters = this.#turns.next(keys, performance.now());
    const first = this.#running.find(({ adapters }) => adapters === this.#adapters);
    this.#model.useAdapters(first?.request.adapters ?? []);
  }

  /** Guesses for the sequences that decode, as many tokens of each as are worth their while, where the next step can check them. */
  #draft(): void {
    const planned = this.#planned();
    for (const { key } of planned) (this.#running[key] as Sequence).draft = [];
    if (stepKind(planned, this.#batch.capacity, this.#stepTurns.last) === 'bulk') return;
    const wishes = planned
      .filter(({ decoding }) => decoding)
      .map(({ key }) => this.#draftWish(this.#running[key] as Sequence));
    // A prompt that ends in this step asks for logits too, and the engine ends the process when a step asks for more than it was told of.
    const outputs = this.#load.outputs - (planned.length - wishes.length);
    this.#drafter.draft(wishes, Math.min(tileTokens - 1, outputs, this.#freeCells()) - wishes.length);
  }

  /** Bounded by the request, by the answer's end and by its context. */
  #draftWish(sequence: Sequence): DraftWish {
    const { request, mostGenerated, generated, slot } = sequence;
    if (!this.#model.canTakeBack || slot === undefined) return { sequence, most: 0, mostByModel: 0 };
    const beforeFull = this.#load.contextTokens - slot.tokens.length - 2;
    const most = Math.min(request.mostDrafted, mostGenerated - generated - 1, beforeFull);
    return { sequence, most, mostByModel: Math.min(most, request.mostDraftedByModel ?? most) };
  }

  #freeCells(): number {
    return this.#load.kvCells - this.#cache.usedCells;
  }

  /** A decoding sequence whose context is full drops its middle, or ends. */
  #makeWindowRoom(sequence: Sequence): void {
    const { slot, request } = sequence;
    const { contextTokens } = this.#load;
    if (slot === undefined || slot.tokens.length + 1 < contextTokens || pendingTokens(sequence) !== 1) return;
    const cut = shiftCut(slot.tokens.length, contextTokens, sequence.keepTokens);
    if (this.#cache.isSharedFrom(slot, cut.from)) this.#cache.reclaim(Infinity);
    if (this.#cache.isSharedFrom(slot, cut.from)) {
      // Moving cells would move them for the others too: it comes back with cells of its own.
      this.#setBack(sequence);
      return;
    }
    const canShift = request.shift && this.#model.canShift;
    if (!canShift || !this.#cache.cutOut(slot, cut.from, cut.to)) {
      this.#finish(sequence, 'length');
      return;
    }
    const dropped = cut.to - cut.from;
    this.#model.shiftCells(slot.sequence, cut.to, -dropped);
    sequence.tokens.splice(cut.from, dropped);
    sequence.shifted = true;
  }

  /** The sequences that can take part in the step that is being made. */
  #planned(): PlannedSequence[] {
    return this.#running.flatMap((sequence, key) => {
      if (sequence.adapters !== this.#adapters || sequence.follows !== undefined) return [];
      const decoding = sequence.generated > 0 && pendingTokens(sequence) === 1;
      const pending = plannableTokens(sequence);
      return [{ key, pending, decoding, drafted: sequence.draft.length }];
    });
  }

  /** The step's plan, with cells for all of it: idle prefixes give way first, then the youngest sequence is set back. */
  #planWithinCells(): readonly PlanEntry[] {
    for (;;) {
      const { kind, entries } = planBatch(
        this.#planned(),
        this.#budget.tokens(this.#running.some(({ generated }) => generated > 0)),
        this.#batch.capacity,
        this.#stepTurns.last,
      );
      let needed = 0;
      for (const { count } of entries) needed += count;
      if (this.#reclaimFor(needed) || !this.#setBackYoungest()) {
        this.#kind = kind;
        return entries;
      }
    }
  }

  #reclaimFor(cells: number): boolean {
    const missing = () => cells - this.#freeCells();
    if (missing() > 0) this.#cache.reclaim(missing());
    return missing() <= 0;
  }

  /** False when there is none but the oldest. */
  #setBackYoungest(): boolean {
    const sequence = this.#running.at(-1);
    if (sequence?.slot === undefined || this.#running.length < 2) return false;
    this.#setBack(sequence);
    return true;
  }

  /**
   * Frees the cells of a sequence; it goes on later. A copy of them is kept aside where memory allows: computing them again in
   * other batches rounds differently, which can turn a greedy answer at a near-tie, and after a context shift the tokens no
   * longer say what the cells hold. All copies together are never larger than the pool, since nobody is let in before those
   * set back are running again.
   */
  #setBack(sequence: Sequence): void {
    const { slot } = sequence;
    if (slot === undefined) return;
    if (sequence.generated > 0 && this.#cache.canCopy(slot)) {
      sequence.saved = { state: this.#model.saveSequence(slot.sequence), tokens: [...slot.tokens] };
    }
    this.#cache.drop(slot);
    sequence.slot = undefined;
    sequence.follows = undefined;
    this.#running = this.#running.filter((other) => other !== sequence);
    this.#waiting.putBack(sequence);
  }

  /** Writes the plan into the batch; per plan entry the index of its first output, or -1. The others follow it. */
  #fillBatch(plan: readonly PlanEntry[]): number[] {
    this.#batch.clear();
    return plan.map(({ key, count }) => {
      const sequence = this.#running[key];
      if (sequence?.slot === undefined) return -1;
      const { slot, tokens, draft } = sequence;
      const from = slot.tokens.length;
      const last = tokens.length - 1;
      let first = -1;
      for (let position = from; position < from + count; position++) {
        const token = (position > last ? draft[position - last - 1] : tokens[position]) ?? 0;
        const index = this.#batch.add(token, position, slot.sequence, position >= last);
        if (position === last) first = index;
      }
      return first;
    });
  }

  #advance(plan: readonly PlanEntry[], outputs: readonly number[], startedMs: number, nowMs: number): void {
    const items: TokenItem[] = [];
    const ended: { sequence: Sequence; reason: 'stop' | 'length' }[] = [];
    const failed: { sequence: Sequence; error: CorralError }[] = [];
    for (const [at, { key, count }] of plan.entries()) {
      const sequence = this.#running[key];
      if (sequence?.slot === undefined) continue;
      const { slot } = sequence;
      const computed = slot.tokens.length + count;
      while (slot.tokens.length < Math.min(computed, sequence.tokens.length)) {
        slot.tokens.push(sequence.tokens[slot.tokens.length] ?? 0);
      }
      const keeps = sequence.request.remembers && sequence.stops.includes(slot.tokens.length);
      if (keeps) this.#cache.checkpoint(slot);
      const output = outputs[at] ?? -1;
      if (output < 0) continue;
      if (sequence.promptDoneAtMs === 0) sequence.promptDoneAtMs = nowMs;
      try {
        const outcome = this.#sample(sequence, output, computed - slot.tokens.length);
        const item = outcome === 'more' ? this.#output.take(sequence, false) : undefined;
        if (item !== undefined) items.push(item);
        if (outcome !== 'more') ended.push({ sequence, reason: outcome });
      } catch (thrown) {
        failed.push({ sequence, error: toCorralError(thrown) });
      }
      this.#cache.discard(slot, computed);
    }
    this.#outbox.add(items, nowMs - startedMs, nowMs);
    for (const { sequence, reason } of ended) this.#finish(sequence, reason);
    for (const { sequence, error } of failed) this.#fail(sequence, error);
  }

  /**
   * Draws the next token, and as long as it is the one that was drafted, the next from the logits behind it. Every token is drawn from
   * the distribution that it would be drawn from without drafts, so neither text nor statistics change.
   */
  #sample(sequence: Sequence, output: number, drafted: number): Outcome {
    let outcome: Outcome = 'more';
    let accepted = 0;
    for (let i = 0; i <= drafted; i++) {
      const token = sequence.sampler.sample(output + i);
      outcome = this.#output.accept(sequence, token, output + i);
      if (outcome !== 'more' || i === drafted || token !== sequence.draft[i]) break;
      sequence.slot?.tokens.push(token);
      accepted++;
    }
    this.#drafter.record(sequence, drafted, accepted);
    this.#waiting.charge(sequence, accepted + 1);
    return outcome;
  }

  #finish(sequence: Sequence, reason: 'stop' | 'length'): void {
    this.#leave(sequence);
    const last = this.#output.take(sequence, true);
    this.#outbox.flush();
    if (last !== undefined) this.#send({ type: 'tokens', items: [last] });
    const nowMs = performance.now();
    const promptDoneAtMs = sequence.promptDoneAtMs || nowMs;
    const hasDrafted = sequence.drafted.text.checked + sequence.drafted.model.checked > 0;
    this.#send({
      type: 'done',
      id: sequence.request.id,
      reason,
      ...(sequence.stopSequence !== undefined && { stopSequence: sequence.stopSequence }),
      promptTokens: sequence.promptTokens,
      cachedTokens: sequence.cachedTokens,
      promptNs: nanoseconds(promptDoneAtMs - (sequence.startedAtMs || promptDoneAtMs)),
      generatedTokens: sequence.generated,
      generationNs: nanoseconds(nowMs - promptDoneAtMs),
      ...(hasDrafted && { drafts: sequence.drafted }),
      tokens: sequence.request.returnTokens ? sequence.tokens : [],
    });
  }

  #fail(sequence: Sequence, error: CorralError): void {
    this.#leave(sequence);
    this.#outbox.flush();
    this.#send({ type: 'failed', id: sequence.request.id, code: error.code, message: error.message });
  }

  #leave(sequence: Sequence): void {
    this.#waiting.leave(sequence);
    this.#running = this.#running.filter((other) => other !== sequence);
    const { slot } = sequence;
    if (slot !== undefined) this.#cache.putBack(slot, reusableTokens(sequence, slot));
    sequence.slot = undefined;
    sequence.sampler.free();
  }

  #recoverFrom(result: 'no-cells' | 'failed', plan: readonly PlanEntry[]): void {
    if (result === 'no-cells') {
      // Our count of cells disagrees with the engine's (sliding-window layers have a pool of their own): give more back.
      if (this.#cache.reclaimableCells > 0) {
        this.#cache.reclaim(this.#cache.reclaimableCells);
        return;
      }
      if (this.#setBackYoungest()) return;
    }
    const sequences = plan.map(({ key }) => this.#running[key]);
    for (const sequence of sequences) {
      if (sequence?.slot === undefined) continue;
      this.#cache.drop(sequence.slot);
      sequence.slot = undefined;
      this.#fail(sequence, new CorralError('runner_failed', 'the engine failed to compute a step'));
    }
  }
}

/** How many of a slot's tokens another request may go on from. */
function reusableTokens({ request, cachedTokens, shifted, keepTokens }: Sequence, slot: Slot): number {
  // What it found was there before it.
  if (!request.remembers) return Math.min(cachedTokens, slot.tokens.length);
  // After a shift the cells behind the kept tokens were computed in another context than their tokens say.
  return shifted ? keepTokens : slot.tokens.length;
}

function nanoseconds(ms: number): number {
  return Math.max(0, Math.round(ms * 1e6));
}
