/** A moment as a person speaks of it: `2 minutes ago`, `4 hours from now`; the steps and words are Ollama's. */

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const weekMs = 7 * dayMs;
/** Ollama's month and year of fixed length. */
const monthMs = 30 * dayMs;
const yearMs = 365 * dayMs;
/** A model kept for ever has an expiry date some centuries away. */
const foreverMs = 20 * yearMs;

/** `momentMs` undefined or not a date (0001-01-01 is Go's zero time): `Never`. */
export function relativeTime(momentMs: number | undefined, nowMs: number): string {
  if (momentMs === undefined || Number.isNaN(momentMs) || momentMs <= Date.UTC(1, 0, 2)) return 'Never';
  const distance = momentMs - nowMs;
  if (distance > foreverMs) return 'Forever';
  return distance > 0 ? `${span(distance)} from now` : `${span(-distance)} ago`;
}

/** When a loaded model is unloaded: a moment gone by means that it is about to be. */
export function expiryTime(momentMs: number | undefined, nowMs: number): string {
  return momentMs !== undefined && momentMs <= nowMs && momentMs > 0 ? 'Stopping...' : relativeTime(momentMs, nowMs);
}

/** Undefined for a text that is no date. */
export function parseMomentMs(text: string): number | undefined {
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment;
}

function span(ms: number): string {
  const seconds = Math.floor(ms / secondMs);
  const minutes = Math.floor(ms / minuteMs);
  const hours = Math.round(ms / hourMs);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 14) return `${Math.floor(ms / dayMs)} days`;
  if (hours < 24 * 60) return `${Math.floor(ms / weekMs)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(ms / monthMs)} months`;
  return `${Math.floor(ms / yearMs)} years`;
}
