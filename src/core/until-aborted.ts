/** Passes on the values of an iterable until it ends or the signal fires, whichever comes first. */
import { canceled } from './canceled.ts';

/**
 * Throws `canceled` as soon as `signal` fires, even while the source is waiting for something that never comes; the source is told to
 * end then, and nobody waits for that.
 */
export async function* untilAborted<Value>(values: AsyncIterable<Value>, signal: AbortSignal): AsyncGenerator<Value> {
  const iterator = values[Symbol.asyncIterator]();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(canceled());
  });
  // Whoever waits for the next value gets it; between two values nobody does.
  aborted.catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let ended = false;
  try {
    for (;;) {
      const next = await Promise.race([aborted, iterator.next()]);
      ended = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    ended ||= !signal.aborted;
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    // What a source says while it is being dropped changes nothing any more.
    if (!ended) void iterator.return?.().then(undefined, () => {});
  }
}
