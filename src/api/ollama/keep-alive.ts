import { CorralError } from '../../core/corral-error.ts';
import { parseGoDurationNs } from '../../core/go-duration.ts';

// Longer than any machine runs, and a date that far ahead can still be written.
const foreverMs = 100 * 365 * 24 * 3_600_000;

/**
 * How long a model stays loaded, in milliseconds: a number is seconds, a string a Go duration, below zero is for ever (Infinity).
 * undefined stays undefined. Throws `bad_request`.
 */
export function parseKeepAlive(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return fromMs(value * 1000);
  if (typeof value !== 'string')
    throw new CorralError('bad_request', 'keep_alive must be a number of seconds or a duration such as "5m"');
  const ns = parseGoDurationNs(value);
  if (ns === undefined)
    throw new CorralError('bad_request', durationFault(value), { hint: 'Durations look like 30s, 5m or 1h30m.' });
  return fromMs(ns / 1e6);
}

function fromMs(ms: number): number {
  return ms < 0 || ms > foreverMs ? Infinity : ms;
}

/** Go's words for what is wrong with a duration. */
function durationFault(text: string): string {
  const quoted = JSON.stringify(text);
  if (/^[+-]?\d*\.?\d+$|^[+-]?\d+\.$/.test(text)) return `time: missing unit in duration ${quoted}`;
  const unit = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)([^\d.]+)/.exec(text)?.[1];
  if (unit !== undefined && !/^(?:ns|us|µs|μs|ms|s|m|h)$/.test(unit)) {
    return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`;
  }
  return `time: invalid duration ${quoted}`;
}
