import { manifestType } from './fetch-manifest.ts';
import type { RegistrySession } from './registry-session.ts';
import { requestRetries, retrying } from './retry.ts';

/** Gives the session's tag this manifest; its blobs have to be there. Throws RegistryError, `canceled`. */
export async function putManifest(session: RegistrySession, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  await retrying(requestRetries, signal, async () => {
    const reply = await session.send({
      method: 'PUT',
      url: session.url(`manifests/${session.address.tag}`),
      step: 'the manifest',
      headers: { 'content-type': manifestType, 'content-length': String(bytes.byteLength) },
      body: () => bytes,
      signal,
    });
    reply.discard();
  });
}
