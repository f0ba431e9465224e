/**
 * Limits of the conversion from JSON Schema to a grammar. A schema comes from a client and is hostile until shown otherwise: every
 * number here keeps one small request from taking seconds of processor time, or the engine from building a grammar of gigabytes.
 */
export const schemaLimits = {
  /** Levels of JSON in the schema. Twenty nested objects are 40 levels; functions here recurse over schema values, never deeper. */
  nestingDepth: 128,
  /** Objects and arrays in the schema. The widest published ones (Kubernetes resources, one document) have about 20,000. */
  nodes: 50_000,
  /** Ways in which one value may be shaped after anyOf, oneOf and allOf are multiplied out; `allOf` of `anyOf`s grows as a power. */
  branches: 256,
  /** Steps of all the searches together (multiplying out, automata, checking enum values): about one second of one core. */
  work: 10_000_000,
  /** Rules of one grammar. The engine walks them all each time it copies the grammar. A rich tool schema has some 300. */
  rules: 20_000,
  /** Characters of grammar text: what the engine parses in a few milliseconds. */
  grammarLength: 1_000_000,
  /** Characters of one regular expression. The longest format known here (IPv6) has some 800. */
  patternLength: 4_000,
  /** Nodes of one expression's automaton, after counted repetitions are written out. */
  patternNodes: 20_000,
  /** States of one string's or number's automaton; each becomes a rule or a part of one. */
  automatonStates: 4_000,
  /** Largest minLength, minItems, minProperties: no model's answer of that many enforced elements fits its context. */
  leastCount: 10_000,
  /** A larger maxLength or maxItems is enforced as this one: stricter than asked, never looser, and beyond any context. */
  mostCount: 100_000,
} as const;
