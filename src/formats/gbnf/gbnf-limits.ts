/** Limits of a grammar, which may come from a client. What they admit is read in a fraction of a second and followed in a few megabytes. */
export const gbnfLimits = {
  /** Characters of text; as large as the grammar of the largest JSON Schema. */
  textLength: 1_000_000,
  /** Groups within groups. The parser recurses; grammars people write stay below ten. */
  groupDepth: 100,
  /** One repetition's count. JSON Schemas are written with 1,000 at most, in blocks. */
  repetitions: 10_000,
  /** Characters and references of all rules together, once repetitions are written out. The richest tool schemas have some 10,000. */
  elements: 500_000,
  /** Readings of one text that are followed at once. Grammars of JSON have a handful; one with more grows without bound. */
  readings: 4_000,
  /** Steps from one character to the next, over rules that begin with rules. */
  closureSteps: 50_000,
  /** Comparisons of a character with a reading, for one token: some 100 ms. A whole vocabulary takes a tenth of it. */
  stepWork: 4_000_000,
  /** Positions in the grammar that are remembered, each with what every character leads to. */
  rememberedPositions: 4_000,
} as const;
