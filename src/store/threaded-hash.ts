/** A following hash in a thread of its own: a large download would keep a processor busy that streams tokens to other clients. */
import { existsSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ContiguousBytes, FollowingHash } from './following-hash.ts';

export interface HashThreadData {
  /** Of the process, so the thread can read it too. */
  readonly fd: number;
}

export interface HashThreadOrder {
  readonly upTo: number;
  /** Whether that is all, and the digest is wanted. */
  readonly ends: boolean;
}

const program = fileURLToPath(new URL('./hash-thread-main.js', import.meta.url));

/** The thread is told in steps of this size. */
const stepBytes = 1024 * 1024;

/** undefined where the program is not built: then nobody waits for speed. */
export function createThreadedHash(file: FileHandle, contiguousBytes: ContiguousBytes): FollowingHash | undefined {
  if (!existsSync(program)) return undefined;
  const data: HashThreadData = { fd: file.fd };
  const worker = new Worker(program, { workerData: data });
  let toldBytes = 0;
  const answer = new Promise<string>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
    worker.once('exit', () => reject(new Error('the thread that hashes has ended')));
  });
  // Whoever asks for the digest gets it; a file that is closed half-way has no digest.
  answer.catch(() => {});
  const tell = (order: HashThreadOrder) => worker.postMessage(order);

  return {
    follow() {
      const upTo = contiguousBytes();
      if (upTo - toldBytes < stepBytes) return;
      toldBytes = upTo;
      tell({ upTo, ends: false });
    },
    digest(sizeBytes) {
      tell({ upTo: sizeBytes, ends: true });
      return answer;
    },
    async stop() {
      // It may be reading: the file must stay open until then.
      await worker.terminate();
    },
  };
}
