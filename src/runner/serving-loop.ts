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
import { CorralError, toCorralError } from '../core/corral-error.ts';
import type { ChildMessage, GenerateRequest, LoadRequest, TokenItem } from '../engine/runner-protocol.ts';
import type { Bindings } from '../llama/bindings.ts';
import type { Model } from '../llama/model.ts';
import { TokenBatch } from '../llama/token-batch.ts';
import { AdapterTurns } from './adapter-turns.ts';
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
import { findLeader } from './find-leader.ts';
import { GenerationOutput, type Outcome } from './generation-output.ts';
import { PrefixCache, type Slot } from './prefix-cache.ts';
import { PrefixFiles } from './prefix-files.ts';
import { hasPromptPlace } from './prompt-places.ts';
import { pendingTokens, plannableTokens, type Sequence } from './sequence.ts';
import { startSequence } from './start-sequence.ts';
import { StepBudget } from './step-budget.ts';
import { StepTurns } from './step-turns.ts';
import { TokenOutbox } from './token-outbox.ts';

/** Cells that must be left per running sequence before another is let in, so that it isn't set back at once. */
const cellsToGrow = 32;

/** Waiting for fewer tokens of another's prompt costs more in order than it saves in work. */
const fewestFollowedTokens = 32;
/** From so many tokens on, what a prompt leaves in memory that can't be cut is kept just before its last token, for the same question again. */
const checkpointTokens = 256;

/** Prefixes put aside: a gigabyte holds tens of thousands of tokens of a small model, some thousands of a large one. */
const mostKeptBytes = 1024 ** 3;

export class ServingLoop {
  readonly #model: Model;
  readonly #bindings: Bindings;
  readonly #load: LoadRequest;
  readonly #send: (message: ChildMessage) => void;
  readonly #cache: PrefixCache;
  readonly #batch: TokenBatch;
  readonly #budget: StepBudget;
  readonly #drafter: Drafter;
  readonly #output: GenerationOutput;
  readonly #outbox: TokenOutbox;
  readonly #turns = new AdapterTurns();
  readonly #waiting = new FairQueue<Sequence>(({ request }) => request.client ?? '');
  /** By the time they were let in. */
  #running: Sequence[] = [];
  readonly #stepTurns = new StepTurns();
  /** Of the step that is being made. */
  #kind: StepKind = 'bulk';
  /** Adapters of the step that is being made; only sequences of these take part. */
  #adapters = '';

  constructor(
    bindings: Bindings,
    model: Model,
    load: LoadRequest,
    send: (message: ChildMessage) => void,
    draftModel?: DraftModel,
  ) {
    this.#model = model;
    this.#bindings = bindings;
    this.#load = load;
    this.#send = send;
    const memory = cellMemory(model, load.sequences);
    const files =
      load.prefixes === undefined
        ? undefined
        : new PrefixFiles(load.prefixes, path.dirname(load.modelPath), bindings.version());
    this.#cache = new PrefixCache(
      load.sequences,
      memory,
      Math.min(mostKeptBytes, process.availableMemory() / 8),
      files,
    );
    // At least a token per sequence and a useful piece of a prompt beside them.
    this.#batch = new TokenBatch(load.batchTokens, load.sequences);
    this.#budget = new StepBudget(load.batchTokens, load.promptTokensPerMs);
    this.#output = new GenerationOutput(model);
    this.#outbox = new TokenOutbox(send);
    this.#drafter = new Drafter(draftModel, load.draftsAlways === true);
  }

  get hasWork(): boolean {
    return this.#waiting.size > 0 || this.#running.length > 0;
  }

  generate(request: GenerateRequest): void {
    try {
      const sequence = startSequence(this.#bindings, this.#model, this.#load.contextTokens, request);
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
    if (sequence !== undefined) this.#fail(sequence, new CorralError('canceled', 'the request was canceled'));
  }

  /** Prompt tokens per millisecond of late; undefined where no prompt was long enough to tell. */
  get promptTokensPerMs(): number | undefined {
    return this.#budget.tokensPerMs;
  }

  /** Saves prefixes for `forMs` milliseconds at most. The last thing a loop does. */
  savePrefixes(forMs: number): void {
    this.#cache.save(performance.now() + forMs);
  }

  /** One step. Blocks for as long as the batch takes. */
  step(): void {
    this.#admit();
    this.#cache.keepOrder(this.#running.length === 1);
    for (const sequence of this.#running) this.#makeWindowRoom(sequence);
    for (const sequence of this.#running) this.#follow(sequence);
    if (this.#running.length === 0) return;
    this.#takeTurn();
    this.#draft();
    const plan = this.#planWithinCells();
    if (plan.length === 0) return;
    if (this.#kind === 'bulk') this.#outbox.flush();
    const startedMs = performance.now();
    const outputs = this.#fillBatch(plan);
    const result = this.#model.decode(this.#batch);
    if (result !== 'done') {
      this.#recoverFrom(result, plan);
      return;
    }
    const nowMs = performance.now();
    this.#budget.record(this.#batch.length, nowMs - startedMs);
    this.#stepTurns.record(this.#kind, nowMs - startedMs);
    this.#advance(plan, outputs, startedMs, nowMs);
    const isSmall = this.#batch.length < tileTokens;
    if (isSmall) this.#drafter.cost.record(this.#batch.length, performance.now() - startedMs);
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

  #admit(): void {
    while (this.#waiting.size > 0 && this.#running.length < this.#load.sequences) {
      const mayBegin = this.#placesNow();
      const next = this.#waiting.peek(mayBegin);
      if (next === undefined) return;
      const led = next.saved === undefined ? findLeader(next.tokens, next.adapters, this.#running) : undefined;
      let reserved = this.#cache.busyCells + next.tokens.length - (led?.length ?? 0);
      for (const { tokens, slot, follows } of this.#running) {
        reserved += tokens.length - Math.max(slot?.tokens.length ?? 0, follows?.length ?? 0);
      }
      const fits = reserved + cellsToGrow * (this.#running.length + 1) <= this.#load.kvCells;
      if (!fits && this.#running.length > 0) return;
      const slot = this.#cache.take(next.saved === undefined ? next.tokens : [], next.adapters, next.request.remembers);
      if (slot === undefined) return;
      this.#waiting.take(mayBegin);
      next.slot = slot;
      if (next.startedAtMs === 0) next.startedAtMs = performance.now();
      this.#running.push(next);
      if (next.saved !== undefined) this.#restore(next);
      else if (led !== undefined && this.#isWorthFollowing(led, slot.tokens.length)) next.follows = led;
      this.#placeStops(next);
      if (next.follows === undefined) this.#tellBegin(next);
    }
  }

  /** Who may begin now: a prompt that is long for what is known of it takes a place. */
  #placesNow(): (sequence: Sequence) => boolean {
    const pending = this.#running.filter(({ follows }) => follows === undefined).map(pendingTokens);
    return ({ tokens, adapters }) => {
      if (hasPromptPlace(tokens.length, pending, this.#load.sequences)) return true;
      const led = findLeader(tokens, adapters, this.#running);
      const found = Math.max(this.#cache.likely(tokens, adapters), led?.length ?? 0);
      return hasPromptPlace(tokens.length - found, pending, this.#load.sequences);
    };
  }

  #isWorthFollowing({ leader, length }: NonNullable<Sequence['follows']>, held: number): boolean {
    if (length < held + fewestFollowedTokens) return false;
    return this.#model.canTakeBack || (leader.slot?.tokens.length ?? 0) < length;
  }

  /** Where memory can't be cut, a step has to end wherever somebody else will want to begin. */
  #placeStops(sequence: Sequence): void {
    const { slot, tokens, adapters, follows } = sequence;
    sequence.stops = [];
    if (slot === undefined || this.#model.canTakeBack) return;
    const held = Math.max(slot.tokens.length, follows?.length ?? 0);
    const wanted = [this.#cache.known(tokens, adapters), tokens.length >= checkpointTokens ? tokens.length - 1 : 0];
    sequence.stops = wanted.filter((stop) => stop > held && stop < tokens.length);
    follows?.leader.stops.push(follows.length);
  }

  /** Once the one that it follows has come far enough, or is gone, a sequence takes what is there and goes on by itself. */
  #follow(sequence: Sequence): void {
    const { follows, slot } = sequence;
    if (follows === undefined || slot === undefined) return;
    const computed = this.#running.includes(follows.leader)
      ? (follows.leader.slot?.tokens.length ?? Infinity)
      : Infinity;
    if (computed < follows.length) return;
    sequence.follows = undefined;
    this.#cache.extend(slot, sequence.tokens);
    // Of several whose leader is gone the oldest leads on.
    const older = this.#running.slice(0, this.#running.indexOf(sequence));
    const led = findLeader(sequence.tokens, sequence.adapters, older);
    if (led !== undefined && this.#isWorthFollowing(led, slot.tokens.length)) {
      sequence.follows = led;
      this.#placeStops(sequence);
      return;
    }
    this.#tellBegin(sequence);
  }

  /** Its prompt is about to be computed, for the first time. */
  #tellBegin(sequence: Sequence): void {
    const { request, promptTokens, slot } = sequence;
    if (sequence.hasBegun || slot === undefined) return;
    sequence.hasBegun = true;
    sequence.cachedTokens = slot.tokens.length;
    this.#waiting.charge(sequence, promptTokens - sequence.cachedTokens);
    if (request.tellsBegin !== true) return;
    this.#send({ type: 'begun', id: request.id, promptTokens, cachedTokens: sequence.cachedTokens });
  }

  /** Puts the cells back that a set-back sequence had. Where that is impossible they are computed again from its tokens. */
  #restore(sequence: Sequence): void {
    const { saved, slot } = sequence;
    if (saved === undefined || slot === undefined) return;
    sequence.saved = undefined;
    this.#reclaimFor(saved.tokens.length);
    if (this.#model.restoreSequence(slot.sequence, saved.state)) slot.tokens.push(...saved.tokens);
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
    const cuttable = request.shift && this.#model.canShift && this.#model.removeCells(slot.sequence, cut.from, cut.to);
    if (!cuttable) {
      this.#finish(sequence, 'length');
      return;
    }
    const dropped = cut.to - cut.from;
    this.#model.shiftCells(slot.sequence, cut.to, -dropped);
    slot.tokens.splice(cut.from, dropped);
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
    if (sequence.generated > 0 && this.#model.stateBytes(slot.sequence) < process.availableMemory() / 2) {
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
