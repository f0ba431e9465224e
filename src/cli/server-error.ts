/** An error reply of the server as a CorralError, with the hint a person at the command line needs. */
import { CorralError, type ErrorCode } from '../core/corral-error.ts';
import { asRecord, textField } from './json-fields.ts';

/**
 * The error of a reply with a status of 400 or more; `body` is its text, JSON or not. A Corral server names its hint in a header, so
 * that the body stays what Ollama's clients expect.
 */
export function errorOfReply(status: number, body: string, hintHeader?: string | string[]): CorralError {
  const error = serverError(messageOf(body) || `the server answered with status ${status}`, status);
  const hint = typeof hintHeader === 'string' ? decodeHint(hintHeader) : undefined;
  if (hint === undefined || error.hint !== undefined) return error;
  return new CorralError(error.code, error.message, { status, hint });
}

function decodeHint(header: string): string | undefined {
  try {
    return decodeURIComponent(header);
  } catch {
    return undefined; // not from a Corral server: the message alone has to do
  }
}

/** `message` as the server put it; `status` is undefined for an error line inside a stream that began well. */
export function serverError(message: string, status?: number): CorralError {
  const hint = hintFor(message, status);
  const code = codeFor(status);
  return new CorralError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(status === undefined ? {} : { status }),
  });
}

function messageOf(body: string): string {
  try {
    return textField(asRecord(JSON.parse(body)), 'error');
  } catch {
    // Not JSON: a proxy or another program answered; its text is all there is.
    return body.trim().slice(0, 500);
  }
}

function codeFor(status: number | undefined): ErrorCode {
  if (status === 404) return 'model_not_found';
  if (status === 403) return 'forbidden';
  if (status === 499) return 'canceled';
  if (status === 503) return 'busy';
  return status !== undefined && status < 500 ? 'bad_request' : 'runner_failed';
}

function hintFor(message: string, status: number | undefined): string | undefined {
  if (status === 404 && message.includes('not found')) {
    return (
      "'corral list' shows the models that are here, 'corral pull MODEL' fetches one. " +
      'To use models of an Ollama store, point OLLAMA_MODELS at it.'
    );
  }
  if (status === 503) return 'Wait for running requests to end, or allow a longer queue with OLLAMA_MAX_QUEUE.';
  if (message.includes('longer than the context length'))
    return 'Shorten the prompt, or set OLLAMA_CONTEXT_LENGTH (in the REPL: /set parameter num_ctx N).';
  return undefined;
}
