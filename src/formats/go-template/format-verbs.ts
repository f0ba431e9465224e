/**
 * `printf`: Go's verbs, flags, width and precision, with Go's way of putting faults into the text (`%!d(string=x)`).
 * Left out, because no template uses them: argument indexes (`%[1]d`), `%p`, and `%#v` beyond strings.
 */
import type { GoValue } from './go-value.ts';
import { sortedEntries, typeName } from './go-value.ts';
import { formatFloat, formatValue, widenExponent } from './print-value.ts';

/** Go refuses wider fields too. */
const maxWidth = 1_000_000;

interface Directive {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly verb: string;
}

const directiveShape = /%([-+# 0]*)(\d+|\*)?(?:\.(\d+|\*)?)?(.)?/gsu;

/** `%s` of a value. */
export const asText = (value: GoValue): string =>
  formatOne({ flags: '', width: undefined, precision: undefined, verb: 's' }, value);

/** `chargeText` is told of each width before the padding is made, so that a hostile width fails before it costs memory. */
export function formatVerbs(format: string, values: readonly GoValue[], chargeText: (length: number) => void): string {
  let next = 0;
  const starred = (text: string | undefined): number | undefined => {
    if (text === undefined || text === '') return undefined;
    if (text !== '*') return Number(text);
    const value = values[next];
    next += 1;
    return typeof value === 'bigint' ? Number(value) : Number.NaN;
  };
  const text = format.replace(directiveShape, (whole, flags: string, width?: string, precision?: string, verb = '') => {
    const directive = { flags, width: starred(width), precision: starred(precision), verb };
    if (whole.includes('.') && verb !== '.' && directive.precision === undefined) directive.precision = 0;
    if (isTooWide(directive.width)) return '%!(BADWIDTH)';
    if (isTooWide(directive.precision)) return '%!(BADPREC)';
    if (verb === '%') return '%';
    if (verb === '') return '%!(NOVERB)';
    if (next >= values.length) return `%!${verb}(MISSING)`;
    const value = values[next];
    next += 1;
    chargeText(Math.abs(directive.width ?? 0) + (directive.precision ?? 0));
    return formatOne(directive, value);
  });
  if (next >= values.length) return text;
  const extra = values.slice(next).map(describeArgument);
  return `${text}%!(EXTRA ${extra.join(', ')})`;
}

const isTooWide = (size: number | undefined): boolean => size !== undefined && !(Math.abs(size) <= maxWidth);

const describeArgument = (value: GoValue): string =>
  value === undefined ? '<nil>' : `${typeName(value)}=${formatValue(value)}`;

function formatOne(directive: Directive, value: GoValue): string {
  if (directive.verb === 'T') return pad(directive, typeName(value), false);
  if (directive.verb === 'v') return formatDefault(directive, value);
  const formatted = formatBasic(directive, value);
  if (formatted !== undefined) return formatted;
  const inside = (item: GoValue): string => (item === undefined ? '<nil>' : formatOne(directive, item));
  if (typeof value === 'object' && value.kind === 'slice' && value.methods?.String === undefined)
    return `[${value.items.map(inside).join(' ')}]`;
  if (typeof value === 'object' && value.kind === 'map' && value.methods?.String === undefined) {
    const entries = sortedEntries(value).map(([key, item]) => `${inside(key)}:${inside(item)}`);
    return `map[${entries.join(' ')}]`;
  }
  return `%!${directive.verb}(${describeArgument(value)})`;
}

function formatDefault(given: Directive, value: GoValue): string {
  // With this verb a plus asks for field names, not for signs.
  const directive = { ...given, flags: given.flags.replaceAll('+', '') };
  if (typeof value === 'string' && directive.flags.includes('#')) return pad(directive, quoteGo(value), false);
  if (typeof value === 'bigint') return formatInteger({ ...directive, verb: 'd' }, value);
  if (typeof value === 'number') return formatFloatVerb({ ...directive, verb: 'g' }, value);
  return pad(directive, formatValue(value), false);
}

function formatBasic(directive: Directive, value: GoValue): string | undefined {
  const { verb } = directive;
  if (typeof value === 'string') return formatString(directive, value);
  if (typeof value === 'bigint') return 'dboOxXcqU'.includes(verb) ? formatInteger(directive, value) : undefined;
  if (typeof value === 'number') return 'eEfFgG'.includes(verb) ? formatFloatVerb(directive, value) : undefined;
  if (typeof value === 'boolean') return verb === 't' ? pad(directive, String(value), false) : undefined;
  // A Stringer is text to the text verbs.
  const isText = value?.methods?.String !== undefined && 'sqxX'.includes(verb);
  return isText ? formatString(directive, formatValue(value)) : undefined;
}

function formatString(directive: Directive, value: string): string | undefined {
  const cut = directive.precision === undefined ? value : Array.from(value).slice(0, directive.precision).join('');
  switch (directive.verb) {
    case 's':
      return pad(directive, cut, false);
    case 'q':
      return pad(directive, quoteGo(cut), false);
    case 'x':
      return pad(directive, Buffer.from(cut).toString('hex'), false);
    case 'X':
      return pad(directive, Buffer.from(cut).toString('hex').toUpperCase(), false);
    default:
      return undefined;
  }
}

function formatInteger(directive: Directive, value: bigint): string {
  const isRune = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
  const character = isRune ? String.fromCodePoint(Number(value)) : '\ufffd';
  switch (directive.verb) {
    case 'c':
      return pad(directive, character, false);
    case 'q':
      return pad(directive, quoteGo(character, "'"), false);
    case 'U':
      return pad(directive, `U+${value.toString(16).toUpperCase().padStart(4, '0')}`, false);
    default:
      return pad(
        directive,
        withSign(directive, value < 0n, integerDigits(directive, value < 0n ? -value : value)),
        true,
      );
  }
}

function integerDigits({ verb, flags, precision }: Directive, magnitude: bigint): string {
  const radix = verb === 'b' ? 2 : verb === 'o' || verb === 'O' ? 8 : verb === 'x' || verb === 'X' ? 16 : 10;
  const digits = magnitude.toString(radix).padStart(precision ?? 0, '0');
  const prefix = verb === 'O' ? '0o' : flags.includes('#') ? ({ x: '0x', X: '0X', o: '0', b: '0b' }[verb] ?? '') : '';
  return prefix + (verb === 'X' ? digits.toUpperCase() : digits);
}

function formatFloatVerb(directive: Directive, value: number): string {
  const magnitude = Math.abs(value);
  // toFixed and toExponential take at most 100 digits; more are zeros for every practical value.
  const precision = Math.min(directive.precision ?? 6, 100);
  let text = formatFloat(magnitude);
  if (Number.isFinite(value)) {
    if (directive.verb === 'f' || directive.verb === 'F') text = fixed(magnitude, precision);
    else if (directive.verb === 'e' || directive.verb === 'E') text = widenExponent(magnitude.toExponential(precision));
    else if (directive.precision !== undefined) text = general(magnitude, Math.max(precision, 1));
  }
  if (directive.verb === 'E' || directive.verb === 'G') text = text.toUpperCase();
  return pad(directive, withSign(directive, value < 0 || Object.is(value, -0), text), true);
}

/** toFixed falls back to an exponent from 1e21; a bigint has every digit. */
const fixed = (value: number, precision: number): string =>
  value < 1e21
    ? value.toFixed(precision)
    : BigInt(value).toString() + (precision > 0 ? `.${'0'.repeat(precision)}` : '');

/** `%.Ng`: N significant digits without trailing zeros. */
function general(value: number, precision: number): string {
  const scientific = value.toExponential(precision - 1);
  const exponent = Number(scientific.split('e')[1]);
  if (exponent < -4 || exponent >= precision) return widenExponent(scientific.replace(/\.?0+e/, 'e'));
  const plain = value.toFixed(Math.max(precision - 1 - exponent, 0));
  return plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain;
}

function withSign({ flags }: Directive, isNegative: boolean, digits: string): string {
  if (digits.startsWith('+')) return digits;
  return `${isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''}${digits}`;
}

function pad({ flags, width = 0 }: Directive, text: string, isNumber: boolean): string {
  const missing = Math.abs(width) - Array.from(text).length;
  if (missing <= 0) return text;
  if (flags.includes('-') || width < 0) return text + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = isNumber && /^[-+ ]/.test(text) ? text.slice(0, 1) : '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

const quoteEscapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

/** Go's quoted form: printable characters as they are, the rest as escapes. */
export function quoteGo(text: string, quote = '"'): string {
  const inside = Array.from(text, (character) => {
    if (character === quote) return `\\${quote}`;
    const escape = quoteEscapes[character];
    if (escape !== undefined) return escape;
    if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
    if (code >= 0xd800 && code < 0xe000) return '\ufffd';
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `${quote}${inside.join('')}${quote}`;
}
