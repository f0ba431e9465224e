import { CorralError } from '../core/corral-error.ts';
import type { Digest } from '../formats/digest.ts';

export function digestMismatch(expected: Digest, got: Digest): CorralError {
  return new CorralError('digest_mismatch', `digest mismatch, expected "${expected}", got "${got}"`, {
    hint: 'The bytes were damaged on their way, or are not those that were meant: send them again.',
  });
}
