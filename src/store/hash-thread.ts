/**
 * The SHA-256 of a file, computed in a thread of its own: 50 ms for 100 MB here, in which the server would answer nobody, and in which a download would not be
 * received. The thread reads the file itself, from the system's memory where it was just written.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

export interface HashThread {
  /** Tells that the file's first `bytes` are good from now on. */
  advance(bytes: number): void;
  /**
   * Bare hex of the file's first `bytes`, or of all that is there if that is less. Called once, and the last. Rejects with what the file system
   * throws.
   */
  digest(bytes: number): Promise<{ readonly digest: string; readonly sizeBytes: number }>;
  /** Resolves when the file is not read any more; a digest that is waited for is rejected. */
  stop(): Promise<void>;
}

/** To the thread: the file is good so far. */
export interface HashOrder {
  readonly upToBytes: number;
  readonly isLast: boolean;
}

/** From the thread; `bytes` are those hashed so far. */
export type HashReport =
  | { readonly type: 'hashed'; readonly bytes: number }
  | { readonly type: 'done'; readonly digest: string; readonly bytes: number };

/** A smaller file is hashed before a thread has started. */
export const worthThreadBytes = 8 * 1024 * 1024;

const hashProgram = fileURLToPath(new URL('../store/hash-thread-main.js', import.meta.url));

export interface HashThreadOptions {
  /** Gets the count of bytes hashed since it was last called. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /** The thread's program; the built one beside this file unless a test says otherwise. */
  readonly program?: string | undefined;
}

export function startHashThread(path: string, { onBytes, program = hashProgram }: HashThreadOptions): HashThread {
  const thread = new Worker(program, { workerData: path, execArgv: [], env: {} });
  let seenBytes = 0;
  const done = new Promise<{ readonly digest: string; readonly sizeBytes: number }>((resolve, reject) => {
    thread.on('message', (report: HashReport) => {
      onBytes?.(report.bytes - seenBytes);
      seenBytes = report.bytes;
      if (report.type === 'done') resolve({ digest: report.digest, sizeBytes: report.bytes });
    });
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('the hash thread has ended')));
  });
  // A fault before the digest is asked for is not lost, only early.
  done.catch(() => {});
  const order = (message: HashOrder) => thread.postMessage(message);
  return {
    advance: (bytes) => order({ upToBytes: bytes, isLast: false }),
    digest(bytes) {
      order({ upToBytes: bytes, isLast: true });
      return done;
    },
    async stop() {
      await thread.terminate();
    },
  };
}
