import type { IncomingMessage } from 'node:http';
import { canceled } from '../core/canceled.ts';
import { CorralError } from '../core/corral-error.ts';

/**
 * Most bytes of a JSON body. A chat with a dozen photographs in base64 has about 40 MB; the text of a million-token context has 8 MB.
 * It is held in memory together with what is parsed from it, so it can't be without bound.
 */
export const maxBodyBytes = 64 * 1024 * 1024;

/** Most time a body may take: 64 MB within five minutes is a slow radio link. */
const maxBodyMs = 300_000;

/**
 * The whole body. Throws `bad_request` with status 413 beyond `maxBytes` and 408 beyond five minutes, `canceled` when the client leaves
 * before it is there.
 */
export function readBody(request: IncomingMessage, maxBytes: number = maxBodyBytes): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const settle = (outcome: () => void) => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      clearTimeout(giveUp);
      outcome();
    };
    const giveUp = setTimeout(() => settle(() => reject(bodyTooSlow())), maxBodyMs);
    const onGone = () => settle(() => reject(canceled()));
    const onEnd = () => settle(() => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    const refuse = () => settle(() => reject(bodyTooLarge(maxBytes)));
    const onData = (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) refuse();
      else chunks.push(chunk);
    };
    // Said to be too large: nothing needs to be read to know it.
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      refuse();
      return;
    }
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

function bodyTooSlow(): CorralError {
  return new CorralError('bad_request', 'request body took too long', { status: 408 });
}

function bodyTooLarge(maxBytes: number): CorralError {
  return new CorralError('bad_request', `request body too large: at most ${maxBytes / 1024 / 1024} MB are accepted`, {
    status: 413,
    hint: 'Send smaller images or fewer of them.',
  });
}
