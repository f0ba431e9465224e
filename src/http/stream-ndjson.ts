/** A stream of JSON objects, one a line. Runs once per generated token. */
import type { ServerResponse } from 'node:http';
import { drained } from './drained.ts';
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
