/**
 * Guesses for the sequences that decode: from what their text already says, or from a draft model. Looking a text up costs nothing, so it goes
 * first where what it finds is trusted; how many tokens are worth their time is planned for both ways, and the better plan is taken. Either
 * switches itself off where its guesses fail: they are then worth less than what checking them costs.
 */
import type { DraftJob, DraftModel } from './draft-model.ts';
import { agreementChance } from './agreement-chance.ts';
import { DraftTrust } from './draft-trust.ts';
import { findDraft, type Draft } from './find-draft.ts';
import { planDrafts, type DraftCosts, type Drafting } from './plan-drafts.ts';
import type { Sequence } from './sequence.ts';
import { StepCost } from './step-cost.ts';

/** From this share on a guess that costs nothing is better than any that has to be computed. */
const trustedShare = 0.6;
/** What a draft model of the same family gets right, before anything was measured. */
const modelPrior = 0.7;
/** What is cheaper read at once with the guess than as a piece of its own. */
const fewBehind = 8;

export interface DraftWish {
  readonly sequence: Sequence;
  /** Most tokens, by text and by model. */
  readonly most: number;
  readonly mostByModel: number;
}

interface Candidate extends Drafting {
  readonly wish: DraftWish;
  readonly found: Draft | undefined;
}

interface SequenceJob {
  readonly sequence: Sequence;
  readonly job: DraftJob;
}

export class Drafter {
  /** Of the steps that check. */
  readonly cost = new StepCost();
  readonly #model: DraftModel | undefined;
  readonly #always: boolean;
  /** How the model fares for everybody: what a new sequence may expect. */
  readonly #overall = new DraftTrust();

  /** `always`: as many as are wished for, whatever they cost. */
  constructor(model: DraftModel | undefined, always: boolean) {
    this.#model = model;
    this.#always = always;
  }

  /** Sets the drafts of sequences that have none; a step has `room` tokens beside one of each. */
  draft(wishes: readonly DraftWish[], room: number): void {
    const fromText = wishes.map(textCandidate);
    const mixed = fromText.map((candidate) => this.#modelCandidate(candidate) ?? candidate);
    const isMixed = mixed.some(({ isComputed }) => isComputed);
    if (!isMixed && fromText.every(({ found }) => found === undefined)) return;
    const { counts, candidates } = this.#plan(fromText, isMixed ? mixed : fromText, room);
    const jobs: SequenceJob[] = [];
    for (const [at, { wish, found, isComputed }] of candidates.entries()) {
      const { sequence } = wish;
      const count = counts[at] ?? 0;
      if (count === 0) continue;
      sequence.draftSource = isComputed ? 'model' : 'text';
      if (!isComputed) sequence.draft = found?.tokens.slice(0, count) ?? [];
      else if (sequence.slot !== undefined) {
        jobs.push({ sequence, job: { sequence: sequence.slot.sequence, tokens: sequence.tokens, most: count } });
      }
    }
    if (this.#model !== undefined && jobs.length > 0) this.#guess(this.#model, jobs, slotsOf(wishes));
  }

  /** `accepted` of `drafted` tokens of the sequence were right. */
  record(sequence: Sequence, drafted: number, accepted: number): void {
    const { draftSource: source, trust, drafted: counts } = sequence;
    for (const one of ['text', 'model'] as const) {
      const isSource = one === source;
      trust[one].record(isSource ? drafted : 0, isSource ? accepted : 0);
    }
    const isModels = source === 'model';
    this.#overall.record(isModels ? drafted : 0, isModels ? accepted : 0);
    counts[source].checked += Math.min(drafted, accepted + 1);
    counts[source].accepted += accepted;
  }

  #plan(fromText: readonly Candidate[], mixed: readonly Candidate[], room: number) {
    if (this.#always) return { candidates: mixed, counts: asMany(mixed, room) };
    const costs: DraftCosts = {
      step: (tokens) => this.cost.ms(tokens),
      guess: (sequences) => this.#model?.guessMs(sequences) ?? Infinity,
    };
    const plans = [...new Set([fromText, mixed])].map((candidates) => ({
      candidates,
      ...planDrafts(candidates, candidates.length, room, costs),
    }));
    return plans.reduce((best, plan) => (plan.worth > best.worth ? plan : best));
  }

  /** Undefined where the text is the better source, or there is no other. */
  #modelCandidate({ wish, chance, found }: Candidate): Candidate | undefined {
    const { sequence, mostByModel } = wish;
    if (this.#model === undefined || mostByModel <= 0 || sequence.slot === undefined) return undefined;
    const own = sequence.trust.model.share(this.#overall.share(modelPrior));
    if (chance(0) >= Math.min(own, trustedShare)) return undefined;
    return { wish, found, chance: () => own, most: mostByModel, isComputed: true };
  }

  /** Those that the model is far behind with wait; one of them, the nearest, is read on. */
  #guess(model: DraftModel, all: readonly SequenceJob[], busy: ReadonlySet<number>): void {
    const placed = all.map((one) => ({ ...one, behind: model.behind(one.job) }));
    const ready = placed.filter(({ behind }) => behind <= fewBehind);
    const [nearest] = placed
      .filter(({ behind }) => behind > fewBehind && behind < Infinity)
      .toSorted((one, other) => one.behind - other.behind);
    const drafts = model.guess(
      ready.map(({ job }) => job),
      busy,
    );
    for (const [at, { sequence }] of ready.entries()) sequence.draft = drafts[at] ?? [];
    if (nearest !== undefined) model.read(nearest.job, busy);
  }
}

function slotsOf(wishes: readonly DraftWish[]): ReadonlySet<number> {
  return new Set(wishes.flatMap(({ sequence: { slot } }) => (slot === undefined ? [] : [slot.sequence])));
}

function textCandidate(wish: DraftWish): Candidate {
  const { sequence, most } = wish;
  const { temperature } = sequence.request.sampling;
  const found = most > 0 ? findDraft(sequence.tokens, most) : undefined;
  // A text that breaks off more often than others (a table, whose lines begin alike) is not expected to go on as they do.
  const share = sequence.trust.text.share(1);
  const chance = (index: number): number =>
    found === undefined ? 0 : Math.min(agreementChance(found.matching + index, temperature), share);
  return { wish, found, chance, most: found?.tokens.length ?? 0, isComputed: false };
}

function asMany(candidates: readonly Candidate[], room: number): number[] {
  let left = room;
  return candidates.map(({ most }) => {
    const count = Math.min(most, Math.max(0, left));
    left -= count;
    return count;
  });
}
