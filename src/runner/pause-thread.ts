const cell = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the calling thread for `ms` milliseconds and lets other threads have its core: neither Node nor its event loop runs meanwhile. */
export function pauseThread(ms: number): void {
  Atomics.wait(cell, 0, 0, ms);
}
