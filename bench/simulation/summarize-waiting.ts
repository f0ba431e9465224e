/** Figures about what was simulated. Times in ms. */
import type { SimulatedRequest } from './simulated-request.ts';

export interface Waiting {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Time to the first token. Infinity where one never came, so a starved request can't hide. */
export function waiting(requests: readonly SimulatedRequest[]): Waiting {
  const sorted = requests
    .map(({ firstTokenMs = Infinity, arrivalMs }) => firstTokenMs - arrivalMs)
    .toSorted((a, b) => a - b);
  // Nearest rank: the smallest time that so many per cent of the requests did not exceed.
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { requests: sorted.length, p50Ms: rank(0.5), p90Ms: rank(0.9), p99Ms: rank(0.99), maxMs: rank(1) };
}

/** Jain, Chiu, Hawe 1984: 1 where all have the same, 1/n where one has everything. */
export function jainIndex(shares: readonly number[]): number {
  let sum = 0;
  let squares = 0;
  for (const share of shares) {
    sum += share;
    squares += share * share;
  }
  return squares === 0 ? 1 : (sum * sum) / (shares.length * squares);
}

/** Tokens computed for each client. */
export function serviceByClient(requests: readonly SimulatedRequest[]): ReadonlyMap<string, number> {
  const service = new Map<string, number>();
  for (const { client, cells } of requests) service.set(client, (service.get(client) ?? 0) + cells);
  return service;
}
