import { CorralError } from '../core/corral-error.ts';
import type { Digest } from '../formats/digest.ts';

/** A download that is not what was asked for, in Ollama's words. */
export function downloadedMismatch(want: Digest, got: Digest): CorralError {
  const text = `digest mismatch, file must be downloaded again: want ${want}, got ${got}`;
  return new CorralError('digest_mismatch', text, {
    status: 500,
    hint: `Blob ${want.slice(7, 19)} was damaged on its way or at the registry; nothing of it was kept.`,
  });
}
