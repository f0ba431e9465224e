/** Errors as OpenAI's clients know them; the SDKs choose their error class by the status and show type, param and code. */
import type { ErrorShape, WireError } from '../exchange.ts';
import { sseData } from '../stream-sse.ts';

export const openaiErrors: ErrorShape = {
  api: 'openai',
  body: errorBody,
  // The SDKs throw on an event that has an `error` field.
  streamEnd: (error) => sseData(errorBody(error)),
};

function errorBody({ code, status, message, param }: WireError): object {
  return { error: { message, type: errorType(status), param: param ?? null, code: errorCode(code) } };
}

function errorType(status: number): string {
  if (status === 404) return 'not_found_error';
  return status >= 400 && status < 500 ? 'invalid_request_error' : 'api_error';
}

/** Codes that OpenAI's clients act on. Others stay null, as in Ollama. */
function errorCode(code: WireError['code']): string | null {
  return code === 'prompt_too_long' ? 'context_length_exceeded' : null;
}
