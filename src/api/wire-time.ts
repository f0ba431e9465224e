/** Times as Go writes them into JSON: RFC 3339 with up to nine digits behind the second, trailing zeros left out. */

/** A clock further off than this from its own steady count has been set, or the machine has slept. */
const driftMs = 5;

export interface ClockSources {
  readonly wallMs: () => number;
  readonly steadyMs: () => number;
}

const machineClock: ClockSources = { wallMs: Date.now, steadyMs: () => performance.now() };

/**
 * A source of `created_at` values. The wall clock has milliseconds, several tokens may fall into one; so it is read once and
 * continued by the steady clock, until the two disagree.
 */
export function createTimestamps(sources: ClockSources = machineClock): () => string {
  let wallAnchorMs = -Infinity;
  let steadyAnchorMs = 0;
  return () => {
    const wallMs = sources.wallMs();
    const steadyMs = sources.steadyMs();
    let nowMs = wallAnchorMs + (steadyMs - steadyAnchorMs);
    if (!(Math.abs(nowMs - wallMs) <= driftMs)) {
      wallAnchorMs = wallMs;
      steadyAnchorMs = steadyMs;
      nowMs = wallMs;
    }
    const wholeMs = Math.floor(nowMs);
    const ns = Math.floor((nowMs - wholeMs) * 1e6);
    return withNanoseconds(new Date(wholeMs), ns, 'Z');
  };
}

/** A moment with the machine's own offset: `2026-08-21T09:30:00.25+02:00`, `Z` where the offset is none. */
export function localTimestamp(date: Date): string {
  const offsetMinutes = -date.getTimezoneOffset();
  if (offsetMinutes === 0) return withNanoseconds(date, 0, 'Z');
  const sign = offsetMinutes < 0 ? '-' : '+';
  const size = Math.abs(offsetMinutes);
  const offset = `${sign}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`;
  return withNanoseconds(new Date(date.getTime() + offsetMinutes * 60_000), 0, offset);
}

function withNanoseconds(date: Date, ns: number, zone: string): string {
  const iso = date.toISOString();
  const fraction = (iso.slice(20, 23) + String(ns).padStart(6, '0')).replace(/0+$/, '');
  return iso.slice(0, 19) + (fraction === '' ? '' : `.${fraction}`) + zone;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
