/** Numbers as Go's strconv.ParseFloat reads them: decimal or hexadecimal, underscores between digits; no infinities here. */

const decimal = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?$/;
const hexadecimal = /^([+-]?)0[xX]_?([\da-fA-F]+(?:_[\da-fA-F]+)*)?\.?([\da-fA-F]+(?:_[\da-fA-F]+)*)?[pP]([+-]?\d+)$/;

/** The nearest double; undefined when the text is no number or one that is too large. */
export function parseGoFloat(text: string): number | undefined {
  const value = decimal.test(text) ? Number(text.replaceAll('_', '')) : parseHexadecimal(text);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function parseHexadecimal(text: string): number | undefined {
  const [, sign, whole = '', fraction = '', exponent] = hexadecimal.exec(text) ?? [];
  const digits = (whole + fraction).replaceAll('_', '');
  if (sign === undefined || digits === '') return undefined;
  const scale = Number(exponent) - 4 * fraction.replaceAll('_', '').length;
  return (sign === '-' ? -1 : 1) * Number.parseInt(digits, 16) * 2 ** scale;
}
