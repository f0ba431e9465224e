/** A body as it comes, for what is too large to be held. */
import type { IncomingMessage } from 'node:http';
import { canceled } from '../core/canceled.ts';

/** A client that sends nothing for this long is gone, whatever its connection says. */
const silentClientMs = 5 * 60_000;

/**
 * The body's chunks; no limit on their sum. Throws `canceled` when the client leaves before the end, or falls silent. The request is not
 * destroyed when the reader stops early: it still has a reply to get.
 */
export async function* bodyChunks(request: IncomingMessage): AsyncGenerator<Buffer> {
  const giveUp = setTimeout(() => request.destroy(), silentClientMs);
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      giveUp.refresh();
      yield chunk as Buffer;
    }
  } catch (error) {
    throw canceled(error);
  } finally {
    clearTimeout(giveUp);
  }
}
