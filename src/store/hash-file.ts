/** The SHA-256 of a file of any size. Large ones are hashed in a thread, so that nobody waits and several use several cores. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { canceled } from '../core/canceled.ts';
import type { Digest } from '../formats/digest.ts';
import { startHashThread, worthThreadBytes } from './hash-thread.ts';

export interface HashFileOptions {
  readonly signal: AbortSignal;
  /** Called with the count of bytes hashed since the last call. */
  readonly onBytes?: (count: number) => void;
  /** See `HashThreadOptions.program`. */
  readonly hashProgram?: string | undefined;
}

export interface HashedFile {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** Throws `canceled`, and what the file system throws. */
export async function hashFile(path: string, options: HashFileOptions): Promise<HashedFile> {
  const { signal, onBytes, hashProgram: program } = options;
  if (signal.aborted) throw canceled();
  const { size } = await stat(path);
  if (size < worthThreadBytes) {
    const bytes = await readFile(path);
    onBytes?.(bytes.length);
    return { digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, sizeBytes: bytes.length };
  }
  const thread = startHashThread(path, { onBytes, program });
  const onAbort = () => void thread.stop();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const { digest, sizeBytes } = await thread.digest(Infinity);
    return { digest: `sha256:${digest}`, sizeBytes };
  } catch (error) {
    throw signal.aborted ? canceled() : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await thread.stop();
  }
}
