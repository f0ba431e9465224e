import type { Digest } from '../formats/digest.ts';
import type { RegistrySession } from './registry-session.ts';
import { requestRetries, retrying } from './retry.ts';

/** Whether the repository has the blob already. */
export function hasBlob(session: RegistrySession, digest: Digest, signal: AbortSignal): Promise<boolean> {
  return retrying(requestRetries, signal, async () => {
    const reply = await session.send({
      method: 'HEAD',
      url: session.url(`blobs/${digest}`),
      step: `blob ${digest.slice(7, 19)}`,
      accept: [404],
      signal,
    });
    reply.discard();
    return reply.status !== 404;
  });
}
