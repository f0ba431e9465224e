/** Replies of one piece, written to Node's response directly: what is here runs for every request. */
import type { ServerResponse } from 'node:http';

export function writeJson(response: ServerResponse, status: number, value: unknown): void {
  write(response, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

export function writeText(response: ServerResponse, status: number, text: string): void {
  write(response, status, 'text/plain; charset=utf-8', text);
}

export function writeEmpty(response: ServerResponse, status: number): void {
  // 204 must not have a length (RFC 9110, section 8.6).
  response.writeHead(status, status === 204 ? {} : { 'Content-Length': 0 });
  response.end();
}

function write(response: ServerResponse, status: number, type: string, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length });
  response.end(body);
}
