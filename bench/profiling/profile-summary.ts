/** What a profile says in one screen for each process: where the time went, how much of it was the engine, what a token allocates. */
import { formatTable } from '../report/text-table.ts';
import type { FunctionTime } from './cpu-profile.ts';
import type { ProfiledRole } from './recording.ts';

export interface ProcessSummary {
  readonly role: ProfiledRole;
  readonly times: readonly FunctionTime[];
  readonly bytesPerToken: number;
}

export interface StreamsSummary {
  readonly streams: number;
  readonly tokens: number;
  readonly tokensPerSecond: number;
  readonly processes: readonly ProcessSummary[];
}

const shownFunctions = 12;
const idle = '(idle)';
/** The call in which the engine computes; all its others only look after state. */
const decode = /called by (decode|encode) /;

export function profileSummary({ streams, tokens, tokensPerSecond, processes }: StreamsSummary): string {
  const head = `${streams} ${streams === 1 ? 'stream' : 'streams'}: ${tokens} tokens, ${tokensPerSecond.toFixed(1)} tok/s (with the profiler on)`;
  return [head, ...processes.map((process) => processSummary(process, tokens))].join('\n\n');
}

function processSummary({ role, times, bytesPerToken }: ProcessSummary, tokens: number): string {
  const sum = (of: readonly FunctionTime[]): number => of.reduce((total, { selfMs }) => total + selfMs, 0);
  const busyTimes = times.filter(({ label }) => label !== idle);
  const busyMs = sum(busyTimes);
  const decodeMs = sum(times.filter(({ label, kind }) => kind === 'engine' && decode.test(label)));
  const rows = busyTimes
    .slice(0, shownFunctions)
    .map(({ label, selfMs }) => [label, selfMs.toFixed(0), percent(selfMs, busyMs)]);
  return [
    `${role}: busy ${percent(busyMs, sum(times))} of the time, ${(busyMs / tokens).toFixed(2)} ms per token` +
      (decodeMs > 0 ? `; the engine's decoding is ${percent(decodeMs, busyMs)} of that` : '') +
      `; ${Math.round(bytesPerToken)} bytes of objects allocated per token`,
    formatTable([['self time', 'ms', 'of busy'], ...rows]),
  ].join('\n');
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}
