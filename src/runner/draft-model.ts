/**
 * A small model that guesses how texts go on, for a large one to check (speculative decoding: Y. Leviathan and others 2023, here with the
 * likeliest token alone as the guess). One step of it guesses a token for every sequence that drafts, so a draft of four tokens is four steps.
 *
 * It knows a sequence by the id of its slot and holds the tokens that it has computed there. What they have in common with a text stays, the
 * rest is cut, whatever has happened in between: refused guesses, a shifted context, another conversation in the slot. A text that it is far
 * behind is read in pieces of about 60 ms beside the large model's steps, so drafting for a long prompt begins later and nobody waits.
 */
import type { LoadRequest } from '../engine/runner-protocol.ts';
import type { Model } from '../llama/model.ts';
import { TokenBatch } from '../llama/token-batch.ts';
import { tileTokens } from './batch-planner.ts';
import { commonPrefixLength } from './common-prefix.ts';
import { StepCost } from './step-cost.ts';

const pieceMs = 60;
/** Before the first measurement, and always worth a step. */
const leastPieceTokens = 32;
const weightOfNewest = 0.3;
const toEnd = -1;

export interface DraftJob {
  /** Id of the slot. */
  readonly sequence: number;
  readonly tokens: readonly number[];
  /** Tokens to guess, at least 1. */
  readonly most: number;
}

interface Held {
  readonly tokens: number[];
  usedAt: number;
}

export class DraftModel {
  readonly #model: Model;
  readonly #batch: TokenBatch;
  readonly #cells: number;
  /** Tokens that both vocabularies have. */
  readonly #known: number;
  readonly #cost = new StepCost();
  readonly #held: readonly Held[];
  /** Of reading; 0 = not measured yet. */
  #msPerToken = 0;
  #clock = 0;
  #isBroken = false;

  /** `load`: the sizes that `model` was loaded with. `vocabularySize`: of the model that it guesses for. */
  constructor(model: Model, load: LoadRequest, vocabularySize: number) {
    this.#model = model;
    this.#batch = new TokenBatch(load.batchTokens, load.sequences);
    this.#cells = load.kvCells;
    this.#known = Math.min(vocabularySize, model.vocabulary.size);
    this.#held = Array.from({ length: load.sequences }, () => ({ tokens: [], usedAt: 0 }));
  }

  /** Expected milliseconds of guessing a token for each of so many sequences. */
  guessMs(sequences: number): number {
    return this.#cost.ms(sequences);
  }

  /** How many tokens of the text it has to read before it can guess the next; Infinity where it can't. */
  behind({ sequence, tokens }: Pick<DraftJob, 'sequence' | 'tokens'>): number {
    const held = this.#held[sequence];
    if (this.#isBroken || held === undefined || tokens.length >= this.#cells) return Infinity;
    // The last token is computed again where it is there already: its logits are gone.
    const shared = commonPrefixLength(held.tokens, tokens, tokens.length - 1);
    for (let at = shared; at < tokens.length; at++) if ((tokens[at] ?? 0) >= this.#known) return Infinity;
    return tokens.length - shared;
  }

  /** Reads a piece of the text. `busy`: the sequences whose cells must stay. */
  read({ sequence, tokens }: Pick<DraftJob, 'sequence' | 'tokens'>, busy: ReadonlySet<number>): void {
    const held = this.#begin(sequence, tokens);
    if (held === undefined) return;
    const from = held.tokens.length;
    const wanted = this.#msPerToken === 0 ? leastPieceTokens : Math.floor(pieceMs / this.#msPerToken);
    const count = Math.min(Math.max(leastPieceTokens, wanted), this.#batch.capacity, tokens.length - 1 - from);
    if (count <= 0 || !this.#makeRoom(count, busy)) return;
    this.#batch.clear();
    for (let at = from; at < from + count; at++) this.#batch.add(tokens[at] ?? 0, at, sequence, false);
    const startedMs = performance.now();
    if (!this.#decode()) return;
    held.tokens.push(...tokens.slice(from, from + count));
    if (count < leastPieceTokens) return;
    const msPerToken = (performance.now() - startedMs) / count;
    this.#msPerToken += (msPerToken - this.#msPerToken) * (this.#msPerToken === 0 ? 1 : weightOfNewest);
  }

  /** Guesses for each job, at most as many as it wants; none where there was no room, or where the text would end. `busy` as for `read`. */
  guess(jobs: readonly DraftJob[], busy: ReadonlySet<number>): readonly (readonly number[])[] {
    const drafts = jobs.map((): number[] => []);
    let guessing = jobs.map((_, index) => index);
    for (let round = 0; guessing.length > 0; round++) {
      const outputs = this.#fill(jobs, drafts, guessing, round, busy);
      if (this.#batch.length === 0) break;
      const startedMs = performance.now();
      if (!this.#decode()) break;
      for (const [index, output] of outputs) this.#takeGuess(jobs[index], drafts[index], output);
      if (this.#batch.length < tileTokens) this.#cost.record(this.#batch.length, performance.now() - startedMs);
      guessing = [...outputs.keys()].filter((index) => {
        const count = drafts[index]?.length ?? 0;
        return count === round + 1 && count < (jobs[index]?.most ?? 0);
      });
    }
    return drafts;
  }

  /** Writes what the jobs have not computed yet into the batch; the index of the output by job, for those that had room. */
  #fill(
    jobs: readonly DraftJob[],
    drafts: readonly (readonly number[])[],
    guessing: readonly number[],
    round: number,
    busy: ReadonlySet<number>,
  ): Map<number, number> {
    this.#batch.clear();
    const outputs = new Map<number, number>();
    for (const index of guessing) {
      const job = jobs[index];
      const held = job && (round === 0 ? this.#begin(job.sequence, job.tokens) : this.#held[job.sequence]);
      if (job === undefined || held === undefined) continue;
      const from = held.tokens.length;
      const pending = round === 0 ? job.tokens.slice(from) : (drafts[index] ?? []).slice(-1);
      const fits = this.#batch.length + pending.length <= this.#batch.capacity && this.#makeRoom(pending.length, busy);
      if (!fits) continue;
      let output = -1;
      for (const [at, token] of pending.entries()) {
        output = this.#batch.add(token, from + at, job.sequence, at === pending.length - 1);
      }
      // Counted at once, so that the next job's room is what is left.
      held.tokens.push(...pending);
      outputs.set(index, output);
    }
    return outputs;
  }

  #takeGuess(job: DraftJob | undefined, draft: number[] | undefined, output: number): void {
    if (job === undefined || draft === undefined) return;
    const token = this.#model.likeliest(output, this.#known);
    // The end of an answer is drawn from the logits behind the last guess anyway.
    if (!this.#model.vocabulary.isEndOfGeneration(token)) draft.push(token);
  }

  /** Cuts what a sequence holds to what `tokens` begins with, without the last. */
  #begin(sequence: number, tokens: readonly number[]): Held | undefined {
    const held = this.#held[sequence];
    if (held === undefined || this.#isBroken) return undefined;
    held.usedAt = ++this.#clock;
    const shared = commonPrefixLength(held.tokens, tokens, tokens.length - 1);
    if (held.tokens.length > shared) this.#cut(sequence, held, shared);
    return held;
  }

  #cut(sequence: number, held: Held, length: number): void {
    this.#model.removeCells(sequence, length, toEnd);
    held.tokens.length = length;
  }

  /** Sequences that nobody asks for give way, the longest unused first. False when that is not enough. */
  #makeRoom(cells: number, busy: ReadonlySet<number>): boolean {
    for (;;) {
      let used = cells;
      let idle = -1;
      for (const [sequence, { tokens, usedAt }] of this.#held.entries()) {
        used += tokens.length;
        if (busy.has(sequence) || tokens.length === 0) continue;
        if (idle < 0 || usedAt < (this.#held[idle]?.usedAt ?? 0)) idle = sequence;
      }
      if (used <= this.#cells) return true;
      const held = this.#held[idle];
      if (held === undefined) return false;
      this.#cut(idle, held, 0);
    }
  }

  /** False after a failure: then it holds nothing, and after a real fault it never guesses again. */
  #decode(): boolean {
    const result = this.#model.decode(this.#batch);
    if (result === 'done') return true;
    this.#isBroken = result === 'failed';
    this.#model.clearMemory();
    for (const held of this.#held) held.tokens.length = 0;
    return false;
  }
}
