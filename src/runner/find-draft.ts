/**
 * Guesses how a text goes on from what it already says: the longest earlier occurrence of its last tokens, and what followed there
 * (prompt lookup decoding, A. Saxena 2023). People ask for text that quotes its prompt, edits a file, repeats a form; there the guess is
 * nearly always right, and checking several tokens at once costs a fraction of computing them one by one.
 */

/** A single token in common says nothing. */
const fewestMatching = 2;
/** Longer agreement does not make a guess better. */
const mostMatching = 16;

export interface Draft {
  /** What might come next, at most as many as were asked for. */
  readonly tokens: readonly number[];
  /** How many of the last tokens occurred before in the same order, 2 to 16. */
  readonly matching: number;
}

/** Undefined where the last two tokens never occurred together before. The latest of several longest occurrences counts. */
export function findDraft(tokens: readonly number[], most: number): Draft | undefined {
  const end = tokens.length - 1;
  const last = tokens[end];
  let best = fewestMatching - 1;
  let bestAt = -1;
  for (let at = end - 1; at > 0; at--) {
    if (tokens[at] !== last || tokens[at - best] !== tokens[end - best]) continue;
    let matching = 1;
    while (matching < mostMatching && matching <= at && tokens[at - matching] === tokens[end - matching]) matching++;
    if (matching <= best) continue;
    best = matching;
    bestAt = at;
    if (matching === mostMatching) break;
  }
  if (bestAt < 0 || most < 1) return undefined;
  const period = end - bestAt;
  const draft: number[] = [];
  // Where the occurrence runs into the end, the text repeats itself with this period.
  for (let i = 0; i < most; i++) draft.push(tokens[bestAt + 1 + (i % period)] ?? 0);
  return { tokens: draft, matching: best };
}
