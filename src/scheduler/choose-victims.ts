/** Which runners must go to make room. */

interface Candidate {
  readonly id: number;
  readonly key: string;
  readonly leases: number;
  readonly keepAliveMs: number;
  readonly heldBytes: number;
}

/** What must come free; a number that is not positive asks for nothing. */
export interface Shortage {
  readonly slots: number;
  readonly bytes: number;
}

/**
 * The first of `candidates` in the order of eviction (idle before busy, then the shortest keep-alive, then by path) that together
 * cover the shortage, less those that turn out to be spare; all of them when even that is too little.
 *
 * Busy ones that were chosen before (`draining`) stay the choice: if a request with another keep-alive could turn it, two busy
 * models might take turns and neither ever become idle.
 */
export function chooseVictims<Runner extends Candidate>(
  candidates: readonly Runner[],
  shortage: Shortage,
  draining: ReadonlySet<number>,
): readonly Runner[] {
  const rank = (candidate: Runner) => (candidate.leases === 0 ? 0 : draining.has(candidate.id) ? 1 : 2);
  const victims: Runner[] = [];
  for (const candidate of candidates.toSorted((one, other) => rank(one) - rank(other) || byKeepAlive(one, other))) {
    if (covers(victims, shortage)) break;
    victims.push(candidate);
  }
  // A small model in front of the one that was big enough alone may stay.
  return victims.reduce<readonly Runner[]>((kept, victim) => {
    const without = kept.filter((other) => other !== victim);
    return covers(without, shortage) ? without : kept;
  }, victims);
}

function covers(victims: readonly Candidate[], shortage: Shortage): boolean {
  const bytes = victims.reduce((sum, victim) => sum + victim.heldBytes, 0);
  return victims.length >= shortage.slots && bytes >= shortage.bytes;
}

function byKeepAlive(one: Candidate, other: Candidate): number {
  // Not by subtraction: for ever minus for ever is not a number.
  if (one.keepAliveMs !== other.keepAliveMs) return one.keepAliveMs < other.keepAliveMs ? -1 : 1;
  return one.key < other.key ? -1 : 1;
}
