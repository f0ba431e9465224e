/**
 * Durations as text, in the form Go's `time` package gives them: clients send `keep_alive: "1h30m"` and read `350.25ms`.
 *
 * Whole nanoseconds, as a number: exact up to 2^53 ns (104 days), the nearest double above. The range is Go's (64 bits), because a
 * client that gets an error from Ollama for a longer one should get it here too. Sums are made in bigint so that the edge of the
 * range is the same nanosecond.
 */

const unitNs: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n], // micro sign
  ['\u03bcs', 1_000n], // Greek letter mu: keyboards differ
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const magnitudeLimit = 1n << 63n;

// Longer text is no duration a person or a client writes, and digits past this change no nanosecond.
const maxTextLength = 256;

/**
 * Nanoseconds in a text such as `1h15m30.918s`, `-1.5h` or `.5ms`: an optional sign, then one or more numbers each with a unit
 * (`ns us µs ms s m h`); a bare `0` needs none. undefined when the text is none of these or is beyond 64 bits.
 */
export function parseGoDurationNs(text: string): number | undefined {
  if (text.length > maxTextLength) return undefined;
  const negative = text.startsWith('-');
  const unsigned = negative || text.startsWith('+') ? text.slice(1) : text;
  if (unsigned === '0') return 0;
  if (unsigned === '') return undefined;

  let total = 0n;
  // Sticky: every term must begin where the last one ended.
  const term = /(\d*)(?:\.(\d*))?([^\d.]+)/y;
  while (term.lastIndex < unsigned.length) {
    const match = term.exec(unsigned);
    if (match === null) return undefined;
    const [, whole = '', fraction = '', unitName = ''] = match;
    const unit = unitNs.get(unitName);
    if (unit === undefined || whole + fraction === '') return undefined;
    total += BigInt(whole || '0') * unit + fractionNs(fraction, unit);
    if (total > magnitudeLimit) return undefined;
  }
  if (total === magnitudeLimit && !negative) return undefined;
  return total === 0n ? 0 : Number(negative ? -total : total);
}

// In doubles, as Go does it: a third of an hour written with 19 digits is the same 20 minutes in both.
function fractionNs(digits: string, unit: bigint): bigint {
  // As many digits as fit into 63 bits; the rest is below a nanosecond in every unit.
  const kept = digits.slice(0, BigInt(digits.slice(0, 19)) > magnitudeLimit ? 18 : 19);
  return BigInt(Math.trunc(Number(kept) * (Number(unit) / 10 ** kept.length)));
}

/**
 * A duration as Go prints it: the largest of ns, µs, ms below one second (`350.25ms`), otherwise `1.234567s`, `1m3.5s`,
 * `2h0m0s`; zero is `0s`. Beyond 64 bits (Infinity too) the end of the range is printed; a fraction of a nanosecond is dropped.
 */
export function formatGoDuration(ns: number): string {
  const total = toInt64(ns);
  if (total < 0n) return '-' + formatMagnitude(-total);
  return formatMagnitude(total);
}

function toInt64(ns: number): bigint {
  if (Number.isNaN(ns)) return 0n;
  if (ns >= 2 ** 63) return magnitudeLimit - 1n;
  if (ns <= -(2 ** 63)) return -magnitudeLimit;
  return BigInt(Math.trunc(ns));
}

function formatMagnitude(ns: bigint): string {
  if (ns === 0n) return '0s';
  if (ns < 1_000n) return `${ns}ns`;
  if (ns < 1_000_000n) return `${decimal(ns, 3)}µs`;
  if (ns < 1_000_000_000n) return `${decimal(ns, 6)}ms`;
  const minutes = ns / 60_000_000_000n;
  const seconds = `${decimal(ns % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return seconds;
  if (minutes < 60n) return `${minutes}m${seconds}`;
  return `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** `value / 10^places` without trailing zeros. */
function decimal(value: bigint, places: number): string {
  const scale = 10n ** BigInt(places);
  const fraction = (value % scale).toString().padStart(places, '0').replace(/0+$/, '');
  return fraction === '' ? `${value / scale}` : `${value / scale}.${fraction}`;
}
