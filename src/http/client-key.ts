/**
 * Whose request it is, for taking turns; nothing is allowed or refused by it. An API key alone would not do: every guide has its readers
 * send the same `ollama`, so it tells clients apart only together with their address (behind a proxy, say, which has but one).
 * What comes out can't be turned back into a key, here or in a core dump of a runner: the secret is made anew at each start.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const secret = randomBytes(32);
/** Of 32 bytes: no two of a machine's clients will ever share it. */
const keptBytes = 12;

export function clientKey({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): string {
  const { authorization = '', 'x-api-key': apiKey = '' } = headers;
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  // With JSON no part can pass for another's end.
  const parts = JSON.stringify([address, authorization, apiKey]);
  return createHmac('sha256', secret).update(parts).digest().subarray(0, keptBytes).toString('base64url');
}
