/**
 * Decides what one step computes. Pure.
 *
 * There are two kinds of step, because the engine's CPU attention has two kernels: batches under 64 tokens go row by row,
 * larger ones in tiles, and the two round differently. A sequence's numbers must not depend on who else is in the batch, or
 * a greedy answer at a near-tie changes with the company (measured: 4 of 8 answers did). So
 *   small steps: every decoding sequence's one token, prompts with fewer than 64 tokens left and drafted tokens, under 64 in all;
 *   bulk steps:  prompts with at least 64 tokens left, in pieces of at least 64.
 * Where both wait they take turns (step-turns.ts). Alone, a prompt goes through the same kernels as in Ollama.
 *
 * In a bulk step half the budget goes to the oldest prompt, so that it always advances and none starves, and the rest to the
 * shortest, so that a question is not stuck behind a document.
 */
export interface PlannedSequence {
  readonly key: number;
  /** Tokens not yet in the KV cache, at least 1. A decoding sequence has exactly one. */
  readonly pending: number;
  readonly decoding: boolean;
  /** Of a decoding sequence: drafted tokens to be checked beside it, where there is room. */
  readonly drafted: number;
}

export interface PlanEntry {
  readonly key: number;
  readonly count: number;
}

export type StepKind = 'small' | 'bulk';

export interface BatchPlan {
  readonly kind: StepKind;
  readonly entries: readonly PlanEntry[];
}

/** From this many tokens on a batch is computed in tiles (GGML_FA_TILE_Q). */
export const tileTokens = 64;

/**
 * `sequences` in order of arrival. `bulkBudget` bounds the tokens of a bulk step, but for prompts of less than two tiles (the oldest,
 * the shortest), which go whole; `capacity` bounds those of any. `last` is the kind of the step before.
 */
export function planBatch(
  sequences: readonly PlannedSequence[],
  bulkBudget: number,
  capacity: number,
  last: StepKind,
): BatchPlan {
  const kind = stepKind(sequences, capacity, last);
  if (capacity < 2 * tileTokens) return { kind, entries: planSmall(sequences, capacity) };
  const long = sequences.filter(isLong);
  const short = sequences.filter((sequence) => !isLong(sequence));
  return { kind, entries: kind === 'small' ? planSmall(short, capacity) : planBulk(long, bulkBudget, capacity) };
}

/** What the next step will be; drafts are checked only in small ones. */
export function stepKind(sequences: readonly PlannedSequence[], capacity: number, last: StepKind): StepKind {
  // A user who asked for tiny batches (num_batch) gets them; there is no choice of kernel left to make.
  if (capacity < 2 * tileTokens || !sequences.some(isLong)) return 'small';
  return last === 'bulk' && !sequences.every(isLong) ? 'small' : 'bulk';
}

function isLong({ pending, decoding }: PlannedSequence): boolean {
  return !decoding && pending >= tileTokens;
}

function planSmall(sequences: readonly PlannedSequence[], capacity: number): PlanEntry[] {
  const decoding = sequences.filter((sequence) => sequence.decoding).slice(0, capacity);
  const entries: PlanEntry[] = decoding.map(({ key }) => ({ key, count: 1 }));
  // With so many answers at once that they fill a tile, nothing is gained by keeping prompts out.
  let room = Math.min(capacity, decoding.length < tileTokens ? tileTokens - 1 : capacity) - decoding.length;
  for (const { key, pending, decoding: decodes } of sequences) {
    const count = Math.min(pending, room);
    if (decodes || count <= 0) continue;
    entries.push({ key, count });
    room -= count;
  }
  return decoding.every(({ drafted }) => drafted === 0) ? entries : withDrafts(entries, sequences, room);
}

function withDrafts(entries: readonly PlanEntry[], sequences: readonly PlannedSequence[], room: number): PlanEntry[] {
  const drafted = new Map(sequences.map((sequence) => [sequence.key, sequence.decoding ? sequence.drafted : 0]));
  let left = room;
  return entries.map(({ key, count }) => {
    const more = Math.min(left, drafted.get(key) ?? 0);
    left -= more;
    return { key, count: count + more };
  });
}

function planBulk(sequences: readonly PlannedSequence[], budget: number, capacity: number): PlanEntry[] {
  const [oldest, ...others] = sequences;
  if (oldest === undefined) return [];
  let room = Math.min(Math.max(budget, tileTokens), capacity);
  const share = others.length === 0 ? room : Math.max(tileTokens, Math.floor(room / 2));
  // The oldest always gets something: where it can't be split it goes whole, for less than two tiles.
  const first = piece(oldest.pending, Math.min(share, room)) || Math.min(oldest.pending, 2 * tileTokens - 1);
  const entries: PlanEntry[] = [{ key: oldest.key, count: first }];
  room -= first;
  const [shortest, ...rest] = others.toSorted((a, b) => a.pending - b.pending);
  // One that can't be split may fit into no step's second half. If it waited for its turn as the oldest, a question of a hundred tokens
  // would stand behind whole documents; so it goes along, for less than a tile more than the budget.
  const most = Math.min(2 * tileTokens - 1, room + tileTokens - 1, capacity - first);
  if (shortest !== undefined && shortest.pending <= most) {
    entries.push({ key: shortest.key, count: shortest.pending });
    room -= shortest.pending;
  } else if (shortest !== undefined) {
    rest.unshift(shortest);
  }
  for (const { key, pending } of rest) {
    const count = piece(pending, room);
    if (count === 0) continue;
    entries.push({ key, count });
    room -= count;
  }
  return entries;
}

/**
 * How much of a prompt goes into a step that has `room` tokens left: neither the piece nor what it leaves may be a fragment
 * of a tile. A prompt of less than two tiles therefore goes whole or not at all.
 */
function piece(pending: number, room: number): number {
  if (room < tileTokens) return 0;
  if (pending <= room) return pending;
  const most = Math.min(room, pending - tileTokens);
  return most >= tileTokens ? most : 0;
}
