/**
 * The rules for JSON that no schema restricts. Blanks stand where llama.cpp's own conversion puts them, bounded so that a model cannot
 * emit them for ever: with the same choices open at each place, a model answers here as it does under Ollama.
 *
 * Numbers keep to 16 digits and two of exponent: what follows is lost in a double, and 1e999 reads back as infinity, which no
 * validator takes for a number.
 */
import type { CodePointSet } from '../automaton/code-point-set.ts';
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

/** Characters that stand for themselves in a JSON string. DEL may too, but no terminal should be sent one. */
export const plainCharacters: CodePointSet = [
  [0x20, 0x21],
  [0x23, 0x5b],
  [0x5d, 0x7e],
  [0x80, 0xd7ff],
  [0xe000, 0x10ffff],
];

const digit = oneOf('0-9');
const hexDigit = oneOf('0-9', 'A-F', 'a-f');

function digits(least: number, most: number): GrammarExpression {
  return { kind: 'repeat', item: digit, least, most };
}

/** Blanks between two tokens, or none. */
export function spaceRule(builder: GrammarBuilder): GrammarExpression {
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

export function stringRule(builder: GrammarBuilder): GrammarExpression {
  return builder.fixed('string', () => sequence(text('"'), anyNumberOf(characterRule(builder)), text('"')));
}

function wholePart(builder: GrammarBuilder): GrammarExpression {
  return builder.fixed('whole', () => choice([text('0'), sequence(oneOf('1-9'), digits(0, 15))]));
}

export function integerRule(builder: GrammarBuilder): GrammarExpression {
  return builder.fixed('integer', () => sequence(optional(text('-')), wholePart(builder)));
}

export function numberRule(builder: GrammarBuilder): GrammarExpression {
  return builder.fixed('number', () => {
    const fraction = optional(sequence(text('.'), digits(1, 16)));
    const exponent = optional(sequence(oneOf('E', 'e'), optional(oneOf('+', '-')), digits(1, 2)));
    return sequence(optional(text('-')), wholePart(builder), fraction, exponent);
  });
}

export function booleanRule(builder: GrammarBuilder): GrammarExpression {
  return builder.fixed('boolean', () => choice([text('true'), text('false')]));
}

export function nullRule(builder: GrammarBuilder): GrammarExpression {
  return builder.fixed('null', () => text('null'));
}

/** `open`, `item`s with commas between them, `close`. */
export function listOf(
  builder: GrammarBuilder,
  open: string,
  item: GrammarExpression,
  close: string,
): GrammarExpression {
  const space = spaceRule(builder);
  const more = anyNumberOf(sequence(text(','), space, item));
  return sequence(text(open), space, optional(sequence(item, more, space)), text(close));
}

export function objectRule(builder: GrammarBuilder): GrammarExpression {
  return builder.fixed('object', () => {
    const member = sequence(stringRule(builder), text(':'), spaceRule(builder), valueRule(builder));
    return listOf(
      builder,
      '{',
      builder.fixed('member', () => member),
      '}',
    );
  });
}

export function arrayRule(builder: GrammarBuilder): GrammarExpression {
  return builder.fixed('array', () => listOf(builder, '[', valueRule(builder), ']'));
}

/** Any JSON value. */
export function valueRule(builder: GrammarBuilder): GrammarExpression {
  return builder.fixed('value', () =>
    choice([
      objectRule(builder),
      arrayRule(builder),
      stringRule(builder),
      numberRule(builder),
      booleanRule(builder),
      nullRule(builder),
    ]),
  );
}
