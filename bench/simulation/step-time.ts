/**
 * How long a step takes: SmolLM2-135M on two cores, as measured for docs/decisions/0007 (small steps) and src/runner/step-budget.ts
 * (prompts: 280 tokens per second in steps of 64, 312 in larger ones). Between the measured sizes lie straight lines.
 */
const measured: readonly (readonly [tokens: number, ms: number])[] = [
  [0, 0],
  [1, 3.6],
  [2, 6.8],
  [4, 8.6],
  [8, 11.1],
  [16, 17.1],
  [64, 64 / 0.28],
  [128, 128 / 0.312],
];
const msPerFurtherToken = 1 / 0.312;

export function stepMs(tokens: number): number {
  let [fromTokens, fromMs] = [0, 0];
  for (const [toTokens, toMs] of measured) {
    if (tokens <= toTokens) return toMs - ((toTokens - tokens) * (toMs - fromMs)) / Math.max(1, toTokens - fromTokens);
    [fromTokens, fromMs] = [toTokens, toMs];
  }
  return fromMs + (tokens - fromTokens) * msPerFurtherToken;
}
