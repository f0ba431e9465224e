/** A JSON value as Go prints it with `%v`, which is how clients see parameters. */
export function goValueText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${value.map(goValueText).join(' ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A string as Go quotes it with `%q`. */
export function goQuote(value: string): string {
  let quoted = '"';
  for (const character of value) quoted += quoteCharacter(character);
  return quoted + '"';
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', String.raw`\"`],
  ['\\', '\\\\'],
  ['\u0007', String.raw`\a`],
  ['\b', String.raw`\b`],
  ['\f', String.raw`\f`],
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
  ['\t', String.raw`\t`],
  ['\v', String.raw`\v`],
]);

function quoteCharacter(character: string): string {
  const escape = escapes.get(character);
  if (escape !== undefined) return escape;
  if (character === ' ' || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return String.raw`\x` + code.toString(16).padStart(2, '0');
  return code > 0xffff
    ? String.raw`\U` + code.toString(16).padStart(8, '0')
    : String.raw`\u` + code.toString(16).padStart(4, '0');
}

// Go writes an exponent below 1e-4 and from 1e21 on, with two digits.
function numberText(value: number): string {
  const size = Math.abs(value);
  const text = size !== 0 && size < 1e-4 ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}
