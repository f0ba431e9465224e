/** What gives way when a sequence no longer fits its context. Pure; the arithmetic is that of Ollama's engine. */

/** Tokens dropped from a prompt: [from, to). */
export interface Cut {
  readonly from: number;
  readonly to: number;
}

/**
 * The middle of a prompt of `length` tokens that has to go so that it fits `contextTokens` with room to answer: `keep` first
 * tokens stay, and of the rest the newest, such that contextTokens - max((contextTokens - keep) / 2, 1) remain.
 */
export function promptCut(length: number, contextTokens: number, keep: number): Cut {
  const kept = Math.max(0, Math.min(keep, contextTokens - 4));
  const room = contextTokens - Math.max(Math.floor((contextTokens - kept) / 2), 1);
  return { from: kept, to: kept + Math.max(0, length - room) };
}

/** What a full context drops to go on: half of what lies behind the kept tokens, at least one. */
export function shiftCut(length: number, contextTokens: number, keep: number): Cut {
  const kept = Math.max(0, Math.min(keep, contextTokens - 4));
  return { from: kept, to: kept + Math.max(1, Math.floor((length - kept) / 2)) };
}
