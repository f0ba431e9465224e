/**
 * What a branch says of numbers, and the regular expressions of the numbers in its range, digit by digit.
 *
 * Validators compare doubles, the grammar compares digits. Rounding keeps order, so "at least the digits of L" is safe; "more than L"
 * is not, because digits just above L can round to L. An exclusive bound therefore becomes an inclusive one at the next double.
 */
import type { SchemaDocument, SchemaObject } from './schema-document.ts';
import { keyword, numberKeyword, stringKeyword } from './schema-keywords.ts';
import { type DecimalText, decimalText, nextAbove } from './decimal-text.ts';

export interface NumberShape {
  readonly integers: boolean;
  /** Inclusive bounds, of whole numbers where `integers`. They may be infinite, and `lower` above `upper`. */
  readonly lower: number;
  readonly upper: number;
  /** The number is a multiple of it, where it is above 1. */
  readonly step: number;
}

/** Next to zero, an exclusive bound leaves out what is smaller than this: written out, the next double has 324 digits. */
const smallestFraction = 1e-15;

/** Largest multipleOf: remainders are told apart digit by digit, and multiply with the states of a range. */
const largestStep = 1_000;

/** Beyond the 16 digits that a bounded number may have before the point. */
const beyondDigits = 1e16;

/** From here on a bound has 15 digits, as many as doubles hold whichever they are, and lets numbers have one more. */
const fifteenDigits = 1e14;

/** Digits of a bound, on either side of the point; the grammar of a range grows with their square. */
const mostDigits = 40;

/** What the formats of OpenAPI say of a range. `float` and `double` say how to store a number. */
const formatRanges: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['int32', [-(2 ** 31), 2 ** 31 - 1]],
  ['uint32', [0, 2 ** 32 - 1]],
  // Numbers are written with 16 digits at most, and those fit into 64 bits.
  ['int64', [-Infinity, Infinity]],
  ['uint64', [0, Infinity]],
]);

export function numberShape(
  document: SchemaDocument,
  nodes: readonly SchemaObject[],
  integersOnly: boolean,
): NumberShape {
  let integers = integersOnly;
  let lower = -Infinity;
  let upper = Infinity;
  let step = 1;
  for (const node of nodes) {
    const multiple = numberKeyword(document, node, 'multipleOf');
    if (multiple !== undefined) step = commonMultiple(step, multiple);
    // Validators divide doubles, and find that 0.07 is no multiple of 0.01.
    if (multiple !== undefined && !(Number.isInteger(multiple) && multiple > 0 && step <= largestStep)) {
      throw document.refuse(
        node,
        'multipleOf',
        `"multipleOf" other than a whole number from 1 to ${largestStep} cannot be enforced`,
      );
    }
    const range = formatRanges.get(stringKeyword(document, node, 'format') ?? '');
    integers ||= multiple !== undefined || range !== undefined;
    lower = Math.max(lower, range?.[0] ?? -Infinity, ...bounds(document, node, 'minimum', 'exclusiveMinimum', above));
    upper = Math.min(upper, range?.[1] ?? Infinity, ...bounds(document, node, 'maximum', 'exclusiveMaximum', below));
  }
  // Numbers nearer to zero than the smallest fraction are not written, so a bound there can as well stand at its edge.
  if (Math.abs(lower) < smallestFraction) lower = lower > 0 ? smallestFraction : 0;
  if (Math.abs(upper) < smallestFraction) upper = upper < 0 ? -smallestFraction : 0;
  if (integers) {
    // Only whole bounds count, and -0.5 must not become "-0".
    lower = Math.ceil(lower) + 0;
    upper = Math.floor(upper) + 0;
  }
  if (step > 1) {
    // Beyond them a validator reads the nearest double, which need not be a multiple where the digits are one.
    if (lower > Number.MAX_SAFE_INTEGER || upper < Number.MIN_SAFE_INTEGER) {
      const where = nodes.find((node) => keyword(node, 'multipleOf') !== undefined) ?? {};
      throw document.refuse(where, 'multipleOf', '"multipleOf" of numbers beyond 2^53 cannot be enforced');
    }
    // Only a bound of so many digits lets a multiple get there, see `numberPatterns`; bounds cost states.
    if ([lower, upper].some((bound) => Number.isFinite(bound) && Math.abs(bound) >= fifteenDigits)) {
      lower = Math.max(lower, Number.MIN_SAFE_INTEGER);
      upper = Math.min(upper, Number.MAX_SAFE_INTEGER);
    }
  }
  const isFarOut = lower >= beyondDigits || upper <= -beyondDigits;
  for (const bound of [lower, upper]) {
    if (!Number.isFinite(bound) || (Math.abs(bound) >= beyondDigits && !isFarOut)) continue;
    const text = decimalText(bound);
    if (Math.max(text.whole.length, text.fraction.length) > mostDigits) {
      throw document.refuse(
        nodes[0] ?? {},
        undefined,
        'a number range with a bound of that many digits cannot be enforced',
      );
    }
  }
  return { integers, lower, upper, step };
}

function commonMultiple(one: number, other: number): number {
  let [larger, smaller] = [one, other];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return (one / larger) * other;
}

/** The bounds that `node` sets on one side, exclusive ones moved inward. Draft 4's boolean form makes the inclusive one exclusive. */
function bounds(
  document: SchemaDocument,
  node: SchemaObject,
  inclusiveKey: string,
  exclusiveKey: string,
  inward: (bound: number) => number,
): number[] {
  const inclusive = numberKeyword(document, node, inclusiveKey);
  const flag = keyword(node, exclusiveKey);
  if (typeof flag === 'boolean') return inclusive === undefined ? [] : [flag ? inward(inclusive) : inclusive];
  const exclusive = numberKeyword(document, node, exclusiveKey);
  return [...(inclusive === undefined ? [] : [inclusive]), ...(exclusive === undefined ? [] : [inward(exclusive)])];
}

function above(bound: number): number {
  return Math.abs(bound) < smallestFraction ? smallestFraction : nextAbove(bound);
}

function below(bound: number): number {
  return -above(-bound);
}

/** The regular expressions which the text of a number of this shape must all match. */
export function numberPatterns({ integers, lower, upper, step }: NumberShape): string[] {
  // A bound outside of what the digits can reach says nothing, unless the other one is out there too.
  const isFarOut = lower >= beyondDigits || upper <= -beyondDigits;
  const says = (bound: number): boolean => Number.isFinite(bound) && (isFarOut || Math.abs(bound) < beyondDigits);
  const low = says(lower) ? decimalText(lower) : undefined;
  const high = says(upper) ? decimalText(upper) : undefined;
  const given = [low, high].filter((bound) => bound !== undefined);
  // A double holds 16 digits, and 15 exactly; bounds with more digits than that still need numbers on either side of them.
  const wholeDigits = Math.max(step > 1 ? 14 : 15, ...given.map((bound) => bound.whole.length));
  const fractionDigits = Math.max(15, ...given.map((bound) => bound.fraction.length)) + 1;
  const whole = `(?:0|[1-9][0-9]{0,${wholeDigits}})`;
  const fraction = `(?:\\.[0-9]{1,${fractionDigits}})?`;
  return [
    integers ? `^(?:0|-?[1-9][0-9]{0,${wholeDigits}})$` : `^-?${whole}${fraction}$`,
    ...(low === undefined ? [] : [`^(?:${textsFrom(low)})$`]),
    ...(high === undefined ? [] : [`^(?:${textsUpTo(high)})$`]),
  ];
}

const anyNumber = '[0-9.]+';

/** Numbers of at least `bound`; their form is left to the other expressions. */
function textsFrom(bound: DecimalText): string {
  return bound.negative ? `${anyNumber}|-(?:${sizesUpTo(bound)})` : sizesFrom(bound);
}

function textsUpTo(bound: DecimalText): string {
  if (bound.negative) return `-(?:${sizesFrom(bound)})`;
  return `-${anyNumber}|${sizesUpTo(bound)}`;
}

const anyFraction = '(?:\\.[0-9]+)?';

function sizesFrom({ whole, fraction }: DecimalText): string {
  const larger = Array.from(whole).flatMap((digit, index) =>
    digit === '9' ? [] : [`${whole.slice(0, index)}[${Number(digit) + 1}-9][0-9]{${whole.length - index - 1}}`],
  );
  const equal = fraction === '' ? `${whole}${anyFraction}` : `${whole}\\.(?:${fractionsFrom(fraction)})`;
  return [`[1-9][0-9]{${whole.length},}${anyFraction}`, ...larger.map((texts) => `${texts}${anyFraction}`), equal].join(
    '|',
  );
}

function fractionsFrom(fraction: string): string {
  const larger = Array.from(fraction).flatMap((digit, index) =>
    digit === '9' ? [] : [`${fraction.slice(0, index)}[${Number(digit) + 1}-9][0-9]*`],
  );
  return [...larger, `${fraction}[0-9]*`].join('|');
}

function sizesUpTo({ whole, fraction }: DecimalText): string {
  const smaller = Array.from(whole).flatMap((digit, index) =>
    digit === '0' ? [] : [`${whole.slice(0, index)}[0-${Number(digit) - 1}][0-9]{${whole.length - index - 1}}`],
  );
  if (whole.length > 1) smaller.push(`[0-9]{1,${whole.length - 1}}`);
  return [...smaller.map((texts) => `${texts}${anyFraction}`), `${whole}(?:\\.(?:${fractionsUpTo(fraction)}))?`].join(
    '|',
  );
}

function fractionsUpTo(fraction: string): string {
  const smaller = Array.from(fraction).flatMap((digit, index) =>
    digit === '0' ? [] : [`${fraction.slice(0, index)}[0-${Number(digit) - 1}][0-9]*`],
  );
  const beginnings = Array.from(fraction)
    .slice(0, -1)
    .map((_, index) => fraction.slice(0, index + 1));
  return [...smaller, ...beginnings, `${fraction}0*`].join('|');
}
