import type { ServerResponse } from 'node:http';

/** A client that takes nothing for this long is gone, whatever its connection says; it must not hold a model for ever. */
const stalledClientMs = 10 * 60_000;

/** Resolves once the client has read enough for more to be written, or has gone. */
export function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed || !response.writableNeedDrain) {
      resolve();
      return;
    }
    const giveUp = setTimeout(() => response.destroy(), stalledClientMs);
    const settle = () => {
      clearTimeout(giveUp);
      response.off('drain', settle).off('close', settle);
      resolve();
    };
    response.on('drain', settle).on('close', settle);
  });
}
