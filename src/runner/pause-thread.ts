/** Lets other threads have this one's core: neither Node nor its event loop runs meanwhile. */
const pauseMs = 1;
const cell = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the calling thread for a millisecond. */
export function pauseThread(): void {
  Atomics.wait(cell, 0, 0, pauseMs);
}
