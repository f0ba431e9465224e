import { maxManifestBytes, parseManifest, type ModelManifest } from '../formats/model-manifest.ts';
import { readBounded } from './http/read-bounded.ts';
import { networkFault } from './http/network-fault.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistrySession } from './registry-session.ts';
import { requestRetries, retrying } from './retry.ts';

export interface FetchedManifest {
  /** As the registry sent them: their SHA-256 is the model's id, so they are stored as they are. */
  readonly bytes: Buffer;
  readonly manifest: ModelManifest;
}

export const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';

const step = 'the manifest';

/** The manifest of the session's tag. Throws `registry_not_found`, or `registry_failed` for one that is too large or makes no sense. */
export function fetchManifest(session: RegistrySession, signal: AbortSignal): Promise<FetchedManifest> {
  const { host, tag } = session.address;
  const place = { host, step };
  return retrying(requestRetries, signal, async () => {
    const url = session.url(`manifests/${tag}`);
    const reply = await session.send({ method: 'GET', url, step, headers: { accept: manifestType }, signal });
    let bytes: Buffer;
    try {
      bytes = await readBounded(reply, maxManifestBytes, place);
    } catch (error) {
      throw networkFault(error, place, signal);
    }
    try {
      return { bytes, manifest: parseManifest(bytes) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : '';
      throw new RegistryError('registry_failed', `${host} sent no usable manifest: ${reason}`, {
        host,
        step,
        temporary: false,
        cause: error,
      });
    }
  });
}
