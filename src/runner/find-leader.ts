/**
 * Requests that arrive together often begin alike: one system prompt, one document. The first computes what they have in common, the others wait for
 * that and share its cells. Pure.
 */
import { commonPrefixLength } from './common-prefix.ts';

export interface Leading {
  readonly tokens: readonly number[];
  readonly adapters: string;
  readonly request: { readonly remembers: boolean };
  /** Its tokens don't say any more what its cells hold. */
  readonly shifted: boolean;
}

/** The running sequence that has most of the beginning of `tokens`, computed or still to be computed, and how much; the oldest of equals. */
export function findLeader<L extends Leading>(
  tokens: readonly number[],
  adapters: string,
  running: readonly L[],
): { readonly leader: L; readonly length: number } | undefined {
  let best: { leader: L; length: number } | undefined;
  for (const leader of running) {
    if (leader.shifted || !leader.request.remembers || leader.adapters !== adapters) continue;
    const length = commonPrefixLength(leader.tokens, tokens, tokens.length - 1);
    if (length > (best?.length ?? 0)) best = { leader, length };
  }
  return best;
}
