/** The rules of objects, lists and values of any kind that no schema restricts. */
import {
  anyNumberOf,
  choice,
  type GrammarExpression,
  optional,
  sequence,
  text,
} from '../grammar/grammar-expression.ts';
import { booleanRule, fixedRule, nullRule, numberRule, spaceRule } from './generic-rules.ts';
import type { RuleMaker } from './rule-maker.ts';
import { anyKey, anyString } from './string-rules.ts';

export function objectRule(maker: RuleMaker): GrammarExpression {
  const { open, close, separator, afterKey, afterValue } = maker.notation.object;
  return fixedRule(maker, 'object', () => {
    const value = valueRule(maker.inside([]));
    const member = sequence(anyKey(maker), text(afterKey), spaceRule(maker), value, text(afterValue));
    const members = listOf(
      maker,
      separator,
      fixedRule(maker, 'member', () => member),
    );
    return sequence(text(open), spaceRule(maker), members, text(close));
  });
}

export function arrayRule(maker: RuleMaker): GrammarExpression {
  return fixedRule(maker, 'array', () =>
    sequence(text('['), spaceRule(maker), listOf(maker, ',', valueRule(maker.inside([]))), text(']')),
  );
}

/** `item`s with separators between them, or none. */
function listOf(maker: RuleMaker, separator: string, item: GrammarExpression): GrammarExpression {
  const space = spaceRule(maker);
  return optional(sequence(item, anyNumberOf(sequence(text(separator), space, item)), space));
}

/** Any value. */
export function valueRule(maker: RuleMaker): GrammarExpression {
  return fixedRule(maker, 'value', () =>
    choice([
      objectRule(maker),
      arrayRule(maker),
      anyString(maker),
      numberRule(maker),
      booleanRule(maker),
      nullRule(maker),
    ]),
  );
}
