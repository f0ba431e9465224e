/** A finite double as its shortest decimal digits without exponent, and the doubles next to it. */
export interface DecimalText {
  readonly negative: boolean;
  /** Digits before the point, no leading zeros but for "0" itself. */
  readonly whole: string;
  /** Digits after the point, no trailing zeros; may be empty. */
  readonly fraction: string;
}

export function decimalText(value: number): DecimalText {
  const [mantissa = '', exponent = '0'] = Math.abs(value).toString().split('e');
  const [before = '', after = ''] = mantissa.split('.');
  const shift = Number(exponent);
  const digits = before + after;
  const point = before.length + shift;
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const split = Math.max(point, 1);
  return {
    negative: value < 0,
    whole: padded.slice(0, split).replace(/^0+(?=\d)/, ''),
    fraction: padded.slice(split).replace(/0+$/, ''),
  };
}

/** The smallest double greater than `value`, which is finite and not zero. */
export function nextAbove(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}
