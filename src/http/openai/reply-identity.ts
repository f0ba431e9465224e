import { randomBytes } from 'node:crypto';

/** What all chunks of one reply have in common. */
export interface ReplyIdentity {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** As the client sent it. */
  readonly model: string;
}

export function newReplyIdentity(prefix: 'chatcmpl' | 'cmpl', model: string): ReplyIdentity {
  return { id: `${prefix}-${randomBytes(12).toString('hex')}`, created: Math.floor(Date.now() / 1000), model };
}

/** The engine's build is the same for all replies of one version; clients know this text. */
export const systemFingerprint = 'fp_ollama';
