/** Server-sent events (WHATWG HTML, section 9.2), as OpenAI's and Anthropic's clients read them. Runs once per generated token. */
import type { ServerResponse } from 'node:http';
import { drained } from './drained.ts';
import { eventStreamType } from './error-reply.ts';

/**
 * Writes texts that are framed already (`sseData`) and ends the reply. The status is sent with the first one, so an error before it can
 * still be answered properly. While the client does not read, nothing more is taken from `frames`.
 */
export async function streamSse(response: ServerResponse, frames: AsyncIterable<string>): Promise<void> {
  for await (const frame of frames) {
    if (response.destroyed) return;
    if (!response.headersSent) {
      // setHeader, because the error reply looks at it.
      response.setHeader('Content-Type', eventStreamType);
      response.setHeader('Cache-Control', 'no-cache');
      response.writeHead(200);
    }
    if (!response.write(frame)) await drained(response);
  }
  response.end();
}

/** One event. JSON.stringify leaves no line break that would end the field early. */
export function sseData(value: object, event?: string): string {
  const data = `data: ${JSON.stringify(value)}\n\n`;
  return event === undefined ? data : `event: ${event}\n${data}`;
}
