import type { WaitingRequest } from './scheduler-state.ts';

/**
 * The queue with a newcomer in it: clients take turns, each one's n-th request before anybody's next. So whoever asks for ten models
 * keeps another client's model waiting for one load, not ten. The first request of a client is never passed by newer ones, and each that
 * is granted moves its client's others up, so nobody starves; the head stays the head.
 */
export function placeByClient(queue: readonly WaitingRequest[], newcomer: WaitingRequest): readonly WaitingRequest[] {
  const counts = new Map<string, number>();
  const turns = queue.map(({ client }) => {
    const turn = counts.get(client) ?? 0;
    counts.set(client, turn + 1);
    return turn;
  });
  const own = counts.get(newcomer.client) ?? 0;
  const at = turns.findLastIndex((turn) => turn <= own) + 1;
  return queue.toSpliced(at, 0, newcomer);
}
