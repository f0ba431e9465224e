/**
 * How values are written. A schema says which values there are; JSON is one way to write them, and models that call tools in the manner of
 * Python, or with marks of their own around strings, have others. The rules (rules/) are made of a notation and never name a bracket.
 *
 * A notation may be unable to write some texts, where it has no escapes: then those are left out of what the schema allows.
 */
import type { CodePointSet } from '../automaton/code-point-set.ts';
import type { TextAutomaton } from '../automaton/text-automaton.ts';
import type { GrammarExpression } from '../grammar/grammar-expression.ts';
import type { SchemaNode } from '../schema/schema-document.ts';

export interface ValueNotation {
  /** Of its own among the notations of one grammar, in lower case; the rules' names begin with it. */
  readonly name: string;
  /** The ways to write a string; a model may take any that can hold the text. */
  readonly strings: readonly StringForm[];
  /** How a member's name is written. */
  readonly keys: StringForm;
  readonly object: ObjectNotation;
  /** The spellings of the three words, the first one for values that are written out. */
  readonly words: Readonly<Record<'true' | 'false' | 'null', readonly string[]>>;
  /** Between two tokens: what JSON documents have there, one space at most, or nothing. */
  readonly blanks: 'json' | 'space' | 'none';
  /** Of a whole number. */
  readonly mostDigits: number;
  /** The notation of a member's or item's value, for which all of `schemas` hold. */
  readonly inside: (schemas: readonly SchemaNode[]) => ValueNotation;
}

export interface StringForm {
  /** As for a notation. */
  readonly name: string;
  readonly open: string;
  readonly close: string;
  /** What every text must meet to be written so, as automata; none: any text can be. */
  readonly restrictions: readonly TextAutomaton[];
  /** Stricter ones with few states, taken where lengths are counted and the others would be too large. */
  readonly coarse: readonly TextAutomaton[];
  /** One character of `set` as it stands in the text. */
  readonly encoded: (set: CodePointSet) => GrammarExpression;
  /** A text as it stands between `open` and `close`. */
  readonly write: (content: string) => string;
}

export interface ObjectNotation {
  readonly open: string;
  readonly close: string;
  /** Between a name and its value. */
  readonly afterKey: string;
  readonly afterValue: string;
  /** Between two members. */
  readonly separator: string;
}
