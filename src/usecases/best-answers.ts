import type { Logprobs } from './answer-events.ts';

/** The `count` answers whose tokens are likeliest on average, the best first. */
export function bestAnswers<Answer extends { readonly logprobs: Logprobs }>(
  answers: readonly Answer[],
  count: number,
): Answer[] {
  const ranked = answers.map((answer) => ({ answer, mean: meanLogprob(answer.logprobs) }));
  // Stable: among equals the first one that was made.
  ranked.sort((one, other) => other.mean - one.mean);
  return ranked.slice(0, count).map(({ answer }) => answer);
}

/** An answer without tokens says nothing for itself. */
function meanLogprob(logprobs: Logprobs): number {
  if (logprobs.length === 0) return -Number.MAX_VALUE;
  // A token that a grammar or a bias forced may have no probability at all.
  const sum = logprobs.reduce((total, { logprob }) => total + Math.max(logprob, -1e6), 0);
  return sum / logprobs.length;
}
