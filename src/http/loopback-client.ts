import type { IncomingMessage } from 'node:http';
import { CorralError } from '../core/corral-error.ts';

/** Passwords are this machine's matter, whoever else the server listens for. Throws `forbidden`. */
export function requireLoopbackClient(request: IncomingMessage, what: string): void {
  const address = request.socket.remoteAddress ?? '';
  if (/^(?:::ffff:)?127\./.test(address) || address === '::1') return;
  throw new CorralError('forbidden', `${what} is possible on this machine only`, {
    hint: 'Use the command on the machine where the server runs.',
  });
}
