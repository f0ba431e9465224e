/** Go's literals inside an action: quoted strings, character constants and numbers. Faults are plain messages for the parser. */

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

const escapeShape =
  /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([abfnrtv\\'"]))|\\|[^\\]+/gy;

/** The text inside a literal with its quotes, or `undefined` where Go would say `invalid syntax`. */
export function unquoteGo(literal: string): string | undefined {
  const quote = literal[0];
  const inside = literal.slice(1, -1);
  if (quote === '`') return inside.replaceAll('\r', '');
  const bytes: Buffer[] = [];
  for (const [whole, byteHex, shortHex, longHex, octal, simple] of inside.matchAll(escapeShape)) {
    const byte = byteHex === undefined ? octal : byteHex;
    if (whole === '\\') return undefined;
    if (byte !== undefined) {
      const value = Number.parseInt(byte, byteHex === undefined ? 8 : 16);
      if (value > 255) return undefined;
      // \x and \nnn give bytes, so that "\xc3\xa9" is one letter.
      bytes.push(Buffer.from([value]));
      continue;
    }
    const text = decodePiece(whole, shortHex ?? longHex, simple, quote);
    if (text === undefined) return undefined;
    bytes.push(Buffer.from(text));
  }
  return Buffer.concat(bytes).toString();
}

function decodePiece(
  whole: string,
  hex: string | undefined,
  simple: string | undefined,
  quote: string | undefined,
): string | undefined {
  if (hex !== undefined) {
    const code = Number.parseInt(hex, 16);
    return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? undefined : String.fromCodePoint(code);
  }
  if (simple === undefined) return whole;
  if (simple === '"' || simple === "'") return simple === quote ? simple : undefined;
  return simpleEscapes[simple];
}

/** An int, a float64, `undefined` for an int that does not fit; or a message. */
export type NumberLiteral = { readonly value: bigint | number | undefined } | { readonly fault: string };

const decimalPattern = /^[+-]?(?:\d+(?:_\d+)*)$/;
const prefixedPattern = /^([+-]?)0(?:[xX](?:_?[0-9a-fA-F]+)+|[oO](?:_?[0-7]+)+|[bB](?:_?[01]+)+|(?:_?[0-7]+)+)$/;
const floatPattern = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?$/;
const hexFloatPattern = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/;

export function parseNumberLiteral(source: string): NumberLiteral {
  if (source.endsWith('i') && !/^[+-]?0[xX]/.test(source))
    return { fault: `complex numbers are not supported: ${source}` };
  const integer = parseInteger(source);
  if (integer !== undefined) return judgeInteger(integer, source);
  const hexFloat = hexFloatPattern.exec(source);
  if (hexFloat !== null) {
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = hexFloat;
    const mantissa = Number.parseInt(`${whole}${fraction}` || '0', 16);
    return { value: (sign === '-' ? -1 : 1) * mantissa * 2 ** (Number(exponent) - 4 * fraction.length) };
  }
  if (!floatPattern.test(source)) return { fault: `illegal number syntax: ${JSON.stringify(source)}` };
  const value = Number(source.replaceAll('_', ''));
  if (!Number.isFinite(value)) return { fault: `illegal number syntax: ${JSON.stringify(source)}` };
  // Digits alone that are no integer: `08`, or more than 64 bits.
  if (!/[.eE]/.test(source)) return { fault: `integer overflow: ${JSON.stringify(source)}` };
  return { value };
}

function parseInteger(source: string): bigint | undefined {
  const sign = source.startsWith('-') ? -1n : 1n;
  const digits = source.replace(/^[+-]/, '').replaceAll('_', '');
  if (prefixedPattern.test(source)) return sign * BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (!decimalPattern.test(source) || (digits.length > 1 && digits.startsWith('0'))) return undefined;
  return digits.length > 20 ? undefined : sign * BigInt(digits);
}

/** From 2^63 to 2^64 Go keeps the number as unsigned and complains when it is used; beyond that, at once. */
function judgeInteger(value: bigint, source: string): NumberLiteral {
  if (value < -(2n ** 63n) || value >= 2n ** 64n) return { fault: `integer overflow: ${JSON.stringify(source)}` };
  return { value: value < 2n ** 63n ? value : undefined };
}

/** The code point of `'x'`, or a message. */
export function parseCharacterLiteral(source: string): NumberLiteral {
  const text = unquoteGo(source);
  const point = text?.codePointAt(0);
  if (text === undefined || point === undefined || String.fromCodePoint(point) !== text)
    return { fault: `malformed character constant: ${source}` };
  return { value: BigInt(point) };
}
