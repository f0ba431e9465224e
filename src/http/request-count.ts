/** How many requests a server is answering, and since when none: what a background server decides its end by. */
import type { Server } from 'node:http';

export interface RequestCount {
  readonly open: number;
  /** performance.now() at the last request's end, or at the start. */
  readonly quietSinceMs: number;
}

/** A live count; its fields are current at every reading. */
export function countRequests(server: Server): RequestCount {
  const count = { open: 0, quietSinceMs: performance.now() };
  server.on('request', (_request, response) => {
    count.open++;
    response.once('close', () => {
      count.open--;
      count.quietSinceMs = performance.now();
    });
  });
  return count;
}
