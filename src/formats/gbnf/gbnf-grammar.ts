/** A grammar as it is followed: every repetition and group has become a rule. */
import type { CodePointSet } from '../json-schema-grammar/automaton/code-point-set.ts';

/** One character of a set, or a rule by its number. */
export type GbnfElement = CodePointSet | number;

export type GbnfSequence = readonly GbnfElement[];

export interface GbnfGrammar {
  /** Per rule, its alternatives. */
  readonly rules: readonly (readonly GbnfSequence[])[];
  readonly root: number;
}
