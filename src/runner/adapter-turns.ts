/**
 * Whose turn it is when sequences with different adapters run over the same weights. Pure but for the clock it is told.
 *
 * A step computes with one set of adapters, and changing them makes the engine lay out its graph anew (some milliseconds). So a set keeps
 * its turn while others wait for as long as people don't notice, and then passes it on in the order of arrival.
 */
const turnMs = 200;

export class AdapterTurns {
  #current = '';
  #sinceMs = 0;

  /** The key whose sequences the next step computes. `waiting` are the keys of all running sequences, by arrival; at least one. */
  next(waiting: readonly string[], nowMs: number): string {
    const keys = [...new Set(waiting)];
    const at = keys.indexOf(this.#current);
    if (at >= 0 && (keys.length === 1 || nowMs - this.#sinceMs < turnMs)) return this.#current;
    this.#current = keys[(at + 1) % keys.length] ?? '';
    this.#sinceMs = nowMs;
    return this.#current;
  }
}
