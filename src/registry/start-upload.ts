/** Opens an upload, or gets the blob from another repository of the same registry without one (a mount). */
import type { HttpReply } from './http/http-client.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistrySession } from './registry-session.ts';
import type { UploadSource } from './upload-source.ts';

/** Where to send the blob's bytes; undefined when it was mounted. Throws RegistryError. */
export async function startUpload(
  session: RegistrySession,
  { digest }: UploadSource,
  mountFrom: string | undefined,
  signal: AbortSignal,
): Promise<URL | undefined> {
  const url = session.url('blobs/uploads/');
  if (mountFrom !== undefined) {
    url.searchParams.set('mount', digest);
    url.searchParams.set('from', mountFrom);
  }
  const step = uploadStep(digest);
  const reply = await session.send({ method: 'POST', url, step, headers: { 'content-length': '0' }, signal });
  reply.discard();
  return reply.status === 201 ? undefined : uploadLocation(session, reply, url, step);
}

export function uploadStep(digest: string): string {
  return `the upload of blob ${digest.slice(7, 19)}`;
}

/** Where the upload goes on. Ollama's registry has a header of its own for it, as `Location` may lead to its storage. */
export function uploadLocation(session: RegistrySession, reply: HttpReply, base: URL, step: string): URL {
  const { host, scheme } = session.address;
  const text = reply.header('docker-upload-location') ?? reply.header('location') ?? '';
  if (text === '' || !URL.canParse(text, base.href)) {
    throw new RegistryError('registry_failed', `${host} does not say where ${step} goes`, {
      host,
      step,
      temporary: false,
    });
  }
  const location = new URL(text, base);
  // Behind a proxy that ends TLS, registries believe that they speak plain HTTP.
  if (scheme === 'https' && location.host === base.host) location.protocol = 'https:';
  return location;
}
