/**
 * The rules for JSON that no schema restricts. Blanks stand where llama.cpp's own conversion puts them, bounded so that a model cannot
 * emit them for ever: with the same choices open at each place, a model answers here as it does under Ollama.
 *
 * Numbers keep to 16 digits and two of exponent: what follows is lost in a double, and 1e999 reads back as infinity, which no
 * validator takes for a number.
 */
import type { GrammarBuilder } from '../grammar/grammar-builder.ts';
import {
  anyNumberOf,
  choice,
  emptyText,
  type GrammarExpression,
  oneOf,
  optional,
  sequence,
  text,
} from '../grammar/grammar-expression.ts';
import { plainCharacters } from '../notation/plain-characters.ts';
import type { ValueNotation } from '../notation/value-notation.ts';
import type { ValueKind } from '../schema/value-kinds.ts';
import type { RuleMaker } from './rule-maker.ts';

const digit = oneOf('0-9');
const hexDigit = oneOf('0-9', 'A-F', 'a-f');

function digits(least: number, most: number): GrammarExpression {
  return { kind: 'repeat', item: digit, least, most };
}

/** A rule with a name of its own in each notation. */
export function fixedRule(
  { builder, notation }: RuleMaker,
  name: string,
  make: () => GrammarExpression,
): GrammarExpression {
  return builder.fixed(fixedName(notation, name), make);
}

function fixedName({ name: notation }: ValueNotation, name: string): string {
  return notation === 'json' ? name : `${notation}-${name}`;
}

/** Is this the rule of all values of a kind? */
export function isRuleOfKind({ notation }: RuleMaker, option: GrammarExpression, kind: ValueKind): boolean {
  return option.kind === 'rule' && option.name === fixedName(notation, kind);
}

/** Blanks between two tokens, or none. */
export function spaceRule({ builder, notation }: Pick<RuleMaker, 'builder' | 'notation'>): GrammarExpression {
  if (notation.blanks === 'none') return emptyText;
  if (notation.blanks === 'space') return optional(text(' '));
  return builder.fixed('space', () => {
    const lines: GrammarExpression = { kind: 'repeat', item: text('\n'), least: 1, most: 2 };
    const indent: GrammarExpression = { kind: 'repeat', item: oneOf('\t', ' '), least: 0, most: 20 };
    return choice([emptyText, text(' '), sequence(lines, indent)]);
  });
}

/** One character of a JSON string, in any spelling; a surrogate only as half of a pair, so that lengths are what a reader counts. */
export function characterRule(builder: GrammarBuilder): GrammarExpression {
  return builder.fixed('char', () => {
    const hex = (count: number): GrammarExpression => ({ kind: 'repeat', item: hexDigit, least: count, most: count });
    const pair = [oneOf('8-9', 'A', 'B', 'a', 'b'), hex(2), text('\\u'), oneOf('D', 'd'), oneOf('C-F', 'c-f'), hex(2)];
    const surrogateOrNot = choice([sequence(oneOf('0-7'), hex(2)), sequence(...pair)]);
    const unit = choice([
      sequence(oneOf('0-9', 'A-C', 'E', 'F', 'a-c', 'e', 'f'), hex(3)),
      sequence(oneOf('D', 'd'), surrogateOrNot),
    ]);
    const short = oneOf('"', '/', '\\', 'b', 'f', 'n', 'r', 't');
    const escape = sequence(text('\\'), choice([short, sequence(text('u'), unit)]));
    return choice([{ kind: 'characters', set: plainCharacters }, escape]);
  });
}

/** Any string of JSON without restrictions. */
export function stringRule(builder: GrammarBuilder): GrammarExpression {
  return builder.fixed('string', () => sequence(text('"'), anyNumberOf(characterRule(builder)), text('"')));
}

function wholePart(maker: RuleMaker): GrammarExpression {
  return fixedRule(maker, 'whole', () =>
    choice([text('0'), sequence(oneOf('1-9'), digits(0, maker.notation.mostDigits - 1))]),
  );
}

export function integerRule(maker: RuleMaker): GrammarExpression {
  return fixedRule(maker, 'integer', () => sequence(optional(text('-')), wholePart(maker)));
}

export function numberRule(maker: RuleMaker): GrammarExpression {
  return fixedRule(maker, 'number', () => {
    const fraction = optional(sequence(text('.'), digits(1, 16)));
    const exponent = optional(sequence(oneOf('E', 'e'), optional(oneOf('+', '-')), digits(1, 2)));
    return sequence(optional(text('-')), wholePart(maker), fraction, exponent);
  });
}

export function booleanRule(maker: RuleMaker): GrammarExpression {
  const { words } = maker.notation;
  return fixedRule(maker, 'boolean', () => choice([...words.true, ...words.false].map(text)));
}

export function nullRule(maker: RuleMaker): GrammarExpression {
  return fixedRule(maker, 'null', () => choice(maker.notation.words.null.map(text)));
}
