/**
 * How likely a drafted token of one sequence is to be what the model says, from how long the text agreed with its earlier place and from
 * how earlier drafts of this sequence fared. Where they fail, confidence falls below what a check costs and drafting stops by
 * itself; it comes back slowly, so that a text that begins to quote is noticed.
 */

/** Shares seen on answers of small models to prompts with and without text to quote. */
const priors: readonly (readonly [matching: number, share: number])[] = [
  [8, 0.85],
  [4, 0.75],
  [3, 0.6],
  [2, 0.45],
];
/** Drafted tokens that the prior counts for. */
const priorWeight = 4;
/** What an old check still counts at the next one. */
const decay = 0.9;
/** What checks still count after a token without one: they are forgotten after some hundreds. */
const idleDecay = 0.995;

export class DraftTrust {
  #checked = 0;
  #accepted = 0;

  /** 0 to 1, for each token of a draft whose beginning was right. */
  share(matching: number): number {
    return this.shareFrom(priors.find(([least]) => matching >= least)?.[1] ?? 0);
  }

  /** The same with an expectation from elsewhere. */
  shareFrom(prior: number): number {
    return (priorWeight * prior + this.#accepted) / (priorWeight + this.#checked);
  }

  /** `accepted` of `drafted` tokens were right; what comes after a wrong one was never looked at. */
  record(drafted: number, accepted: number): void {
    const kept = drafted === 0 ? idleDecay : decay;
    this.#checked = this.#checked * kept + Math.min(drafted, accepted + 1);
    this.#accepted = this.#accepted * kept + accepted;
  }
}
