import { CorralError, type ErrorCode } from '../../core/corral-error.ts';
import type { ErrorShape } from '../exchange.ts';
import { openaiErrors } from './openai-errors.ts';

/** A stream has told its error already, with a number and the response as far as it came; see `replyWithResponse`. */
export const responseErrors: ErrorShape = { ...openaiErrors, streamEnd: () => '' };

/** Errors that come from deeper down, where nobody knows what this API calls the field. */
const paramOf: Partial<Record<ErrorCode, string>> = {
  model_not_found: 'model',
  invalid_model_name: 'model',
  prompt_too_long: 'input',
  invalid_format: 'text.format',
};

export function withParam(thrown: unknown): unknown {
  if (!(thrown instanceof CorralError) || thrown.param !== undefined) return thrown;
  const { code, message, status, hint, cause } = thrown;
  const param = paramOf[code];
  if (param === undefined) return thrown;
  return new CorralError(code, message, { status, param, cause, ...(hint !== undefined && { hint }) });
}
