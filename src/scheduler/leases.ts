/**
 * Requests that a runner has been given. Beyond those that run at once they wait inside the runner; that is a queue too, with the bound of the
 * other. What waits there can't be sent away for somebody else, so nobody is let fill it: a client may have so many times the places that are
 * left (dynamic thresholds, Choudhury and Hahne 1998). One alone gets eight ninths of them, and a newcomer always finds some.
 */
import type { PooledRunner } from './scheduler-state.ts';

const timesTheFree = 8;

export function hasPlace(runner: PooledRunner, client: string, maxQueue: number): boolean {
  const free = maxQueue + runner.facts.sequences - runner.leases;
  return (runner.leasesByClient.get(client) ?? 0) < timesTheFree * free;
}

/** The runner after `client` was given one more lease, or gave one back (-1). */
export function withLeases(runner: PooledRunner, client: string, more: 1 | -1): PooledRunner {
  const own = (runner.leasesByClient.get(client) ?? 0) + more;
  const leasesByClient = new Map(runner.leasesByClient);
  if (own > 0) leasesByClient.set(client, own);
  else leasesByClient.delete(client);
  return { ...runner, leases: runner.leases + more, leasesByClient };
}
