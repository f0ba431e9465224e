/**
 * Chance, 0 to 1, that a text which has agreed with an earlier place of itself for `agreement` tokens goes on as it went on there. The longer it has, the likelier: a
 * copy that has gone on for thirty tokens hardly ever breaks off at the next one. So the chances of a draft's tokens are not equal: each that is right makes the
 * next one likelier. Pure.
 */
export function agreementChance(agreement: number): number {
  for (const [least, chance] of chances) if (agreement >= least) return chance;
  return 0;
}

/**
 * Seen on greedy answers of SmolLM2-135M that edit a file, quote, and answer freely (98 answers, 9000 tokens), somewhat lower for short agreement, where
 * answers at a temperature break off more often.
 */
const chances: readonly (readonly [agreement: number, chance: number])[] = [
  [16, 0.98],
  [11, 0.96],
  [8, 0.9],
  [6, 0.82],
  [5, 0.75],
  [4, 0.65],
  [3, 0.5],
  [2, 0.4],
];
