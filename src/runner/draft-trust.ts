/**
 * How likely a drafted token is what the model says, from how earlier drafts of the same source fared. Where they fail, confidence falls below what a
 * check costs and drafting stops by itself; it comes back slowly, so that a text that begins to quote is noticed.
 */

/** Drafted tokens that the expectation from elsewhere counts for. */
const priorWeight = 4;
/** What an old check still counts at the next one. */
const decay = 0.9;
/** What checks still count after a token without one: they are forgotten after some hundreds. */
const idleDecay = 0.995;

export class DraftTrust {
  #checked = 0;
  #accepted = 0;

  /** 0 to 1, for each token of a draft whose beginning was right; `prior` is what to expect before anything was seen. */
  share(prior: number): number {
    return (priorWeight * prior + this.#accepted) / (priorWeight + this.#checked);
  }

  /** `accepted` of `drafted` tokens were right; what comes after a wrong one was never looked at. */
  record(drafted: number, accepted: number): void {
    const kept = drafted === 0 ? idleDecay : decay;
    this.#checked = this.#checked * kept + Math.min(drafted, accepted + 1);
    this.#accepted = this.#accepted * kept + accepted;
  }
}
