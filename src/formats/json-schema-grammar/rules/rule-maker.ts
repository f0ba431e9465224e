import type { GrammarBuilder } from '../grammar/grammar-builder.ts';
import type { GrammarExpression } from '../grammar/grammar-expression.ts';
import type { ValueNotation } from '../notation/value-notation.ts';
import type { SchemaDocument, SchemaNode } from '../schema/schema-document.ts';

/** What the rules of each kind of value are made with. */
export interface RuleMaker {
  readonly document: SchemaDocument;
  readonly builder: GrammarBuilder;
  /** How the values are written. */
  readonly notation: ValueNotation;
  /** The rule of the values that satisfy all of `schemas`; `hint` goes into its name. */
  readonly valueOf: (schemas: readonly SchemaNode[], hint: string) => GrammarExpression;
  /** The maker of a member's or item's value, for which all of `schemas` hold. */
  readonly inside: (schemas: readonly SchemaNode[]) => RuleMaker;
}
