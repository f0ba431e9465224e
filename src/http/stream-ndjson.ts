/** A stream of JSON objects, one a line. Runs once per generated token. */
import type { ServerResponse } from 'node:http';
import { ndjsonType } from './error-reply.ts';

/**
 * Writes a line for every value and ends the reply. The status is sent with the first line, so an error before it can still be answered
 * properly. While the client does not read, nothing more is taken from `values`.
 */
export async function streamNdjson<Value>(
  response: ServerResponse,
  values: AsyncIterable<Value>,
  toObject: (value: Value) => object,
): Promise<void> {
  for await (const value of values) {
    if (response.destroyed) return;
    if (!response.headersSent) {
      // setHeader, because the error reply looks at it.
      response.setHeader('Content-Type', ndjsonType);
      response.writeHead(200);
    }
    if (!response.write(JSON.stringify(toObject(value)) + '\n')) await drained(response);
  }
  response.end();
}

/** A client that takes nothing for this long is gone, whatever its connection says; it must not hold a model for ever. */
const stalledClientMs = 10 * 60_000;

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed || !response.writableNeedDrain) {
      resolve();
      return;
    }
    const giveUp = setTimeout(() => response.destroy(), stalledClientMs);
    const settle = () => {
      clearTimeout(giveUp);
      response.off('drain', settle).off('close', settle);
      resolve();
    };
    response.on('drain', settle).on('close', settle);
  });
}
