/**
 * How many long prompts may be under way at once. A bulk step advances one or two of them, so more only hold sequences that short
 * questions could be answered in, and once they run it is their age that counts and no longer whose turn it is. Simulated
 * (docs/simulation.md, sixteen sequences, one engine, load 0.95): 99 of 100 short questions waited up to 72 s with documents in any
 * number, 3 s with two; documents themselves as long as before.
 *
 * A long prompt whose places are taken lets others pass. It does not starve: those before it advance with every turn of bulk steps and
 * hold no place any more once they are computed, and short ones never take one.
 */
const sequencesPerPlace = 8;
/** Several bulk steps' worth. */
const longTokens = 512;

/** Whether a prompt with so many tokens to be computed may begin beside others that have `pending` each. */
export function hasPromptPlace(tokens: number, pending: readonly number[], sequences: number): boolean {
  if (tokens < longTokens) return true;
  const places = Math.max(1, Math.floor(sequences / sequencesPerPlace));
  return pending.filter((others) => others >= longTokens).length < places;
}
