/** Errors as Anthropic's clients know them; the SDKs choose their error class by the status and show type and message. */
import type { ServerResponse } from 'node:http';
import type { ErrorShape, WireError } from '../exchange.ts';
import { requestIdOf } from '../request-id.ts';
import { sseData } from '../stream-sse.ts';

export const anthropicErrors: ErrorShape = {
  api: 'anthropic',
  status,
  body: errorBody,
  streamEnd: (error, response) => sseData(errorBody(error, response), 'error'),
};

function errorBody({ status: code, message }: WireError, response: ServerResponse): object {
  return { type: 'error', error: { type: errorType(code), message }, request_id: requestIdOf(response) };
}

function status({ code, status: own }: WireError): number {
  // Ollama's own API calls these the server's fault.
  if (code === 'invalid_option' || code === 'invalid_format') return 400;
  return code === 'busy' ? 529 : own;
}

const types: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [408, 'timeout_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [503, 'overloaded_error'],
  [529, 'overloaded_error'],
]);

function errorType(code: number): string {
  return types.get(code) ?? (code >= 400 && code < 500 ? 'invalid_request_error' : 'api_error');
}
