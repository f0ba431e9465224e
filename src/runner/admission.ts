/**
 * Who begins next: from waiting to running. A sequence gets a slot with what is known of its prompt; where one that runs is just computing the same
 * beginning, it follows that one and takes over its cells.
 */
import type { ChildMessage, LoadRequest } from '../engine/runner-protocol.ts';
import type { Model } from '../llama/model.ts';
import type { FairQueue } from './fair-queue.ts';
import { findLeader } from './find-leader.ts';
import type { PrefixCache } from './prefix-cache.ts';
import { hasPromptPlace } from './prompt-places.ts';
import { pendingTokens, type Sequence } from './sequence.ts';

/** Cells that must be left per running sequence before another is let in, so that it isn't set back at once. */
const cellsToGrow = 32;
/** Waiting for fewer tokens of another's prompt costs more in order than it saves in work. */
const fewestFollowedTokens = 32;
/** From so many tokens on, what a prompt leaves in memory that can't be cut is kept just before its last token, for the same question again. */
const checkpointTokens = 256;

export interface AdmissionParts {
  readonly model: Model;
  readonly load: LoadRequest;
  readonly cache: PrefixCache;
  readonly waiting: FairQueue<Sequence>;
  /** Frees so many cells, if it can, at the cost of idle prefixes. */
  readonly makeRoom: (cells: number) => void;
  readonly send: (message: ChildMessage) => void;
}

export class Admission {
  readonly #model: Model;
  readonly #load: LoadRequest;
  readonly #cache: PrefixCache;
  readonly #waiting: FairQueue<Sequence>;
  readonly #makeRoom: (cells: number) => void;
  readonly #send: (message: ChildMessage) => void;

  constructor({ model, load, cache, waiting, makeRoom, send }: AdmissionParts) {
    this.#model = model;
    this.#load = load;
    this.#cache = cache;
    this.#waiting = waiting;
    this.#makeRoom = makeRoom;
    this.#send = send;
  }

  /** Lets in who has a sequence, a place and cells for all of their prompts; they are added to `running`. */
  admit(running: Sequence[]): void {
    while (this.#waiting.size > 0 && running.length < this.#load.sequences) {
      const mayBegin = this.#placesNow(running);
      const next = this.#waiting.peek(mayBegin);
      if (next === undefined) return;
      const led = next.saved === undefined ? findLeader(next.tokens, next.adapters, running) : undefined;
      let reserved = this.#cache.busyCells + next.tokens.length - (led?.length ?? 0);
      for (const { tokens, slot, follows } of running) {
        reserved += tokens.length - Math.max(slot?.tokens.length ?? 0, follows?.length ?? 0);
      }
      const fits = reserved + cellsToGrow * (running.length + 1) <= this.#load.kvCells;
      if (!fits && running.length > 0) return;
      const slot = this.#cache.take(next.saved === undefined ? next.tokens : [], next.adapters, next.request.remembers);
      if (slot === undefined) return;
      this.#waiting.take(mayBegin);
      next.slot = slot;
      if (next.startedAtMs === 0) next.startedAtMs = performance.now();
      running.push(next);
      if (next.saved !== undefined) this.#restore(next);
      else if (led !== undefined && this.#isWorthFollowing(led, slot.tokens.length)) next.follows = led;
      this.#placeStops(next);
      if (next.follows === undefined) this.#tellBegin(next);
    }
  }

  /** Who may begin now: a prompt that is long for what is known of it takes a place. */
  #placesNow(running: readonly Sequence[]): (sequence: Sequence) => boolean {
    const pending = running.filter(({ follows }) => follows === undefined).map(pendingTokens);
    return ({ tokens, adapters }) => {
      if (hasPromptPlace(tokens.length, pending, this.#load.sequences)) return true;
      const led = findLeader(tokens, adapters, running);
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
  follow(sequence: Sequence, running: readonly Sequence[]): void {
    const { follows, slot } = sequence;
    if (follows === undefined || slot === undefined) return;
    const computed = running.includes(follows.leader) ? (follows.leader.slot?.tokens.length ?? Infinity) : Infinity;
    if (computed < follows.length) return;
    sequence.follows = undefined;
    this.#cache.extend(slot, sequence.tokens);
    // Of several whose leader is gone the oldest leads on.
    const older = running.slice(0, running.indexOf(sequence));
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
    this.#makeRoom(saved.tokens.length);
    if (this.#model.restoreSequence(slot.sequence, saved.state)) slot.tokens.push(...saved.tokens);
  }
}
