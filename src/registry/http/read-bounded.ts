import { RegistryError } from '../registry-error.ts';
import type { HttpReply } from './http-client.ts';
import type { FaultPlace } from './network-fault.ts';

/** A reply's whole body. Throws `registry_failed` beyond `maxBytes`; nothing more is read then. */
export async function readBounded(reply: HttpReply, maxBytes: number, { host, step }: FaultPlace): Promise<Buffer> {
  const tooLarge = () =>
    new RegistryError('registry_failed', `${host} sent more than ${maxBytes} bytes for ${step}`, {
      host,
      step,
      temporary: false,
    });
  if (Number(reply.header('content-length') ?? 0) > maxBytes) {
    reply.discard();
    throw tooLarge();
  }
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  // Leaving the loop ends the reply.
  for await (const chunk of reply.body) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) throw tooLarge();
    // The reply uses its memory again.
    chunks.push(Uint8Array.from(chunk));
  }
  return Buffer.concat(chunks);
}
