import { CorralError } from '../../core/corral-error.ts';

/** The error for a field that can't be what it is; `param` as the client wrote it: `messages[2].content`. */
export function invalidField(param: string, reason: string): CorralError {
  return new CorralError('bad_request', `invalid value for ${JSON.stringify(param)}: ${reason}`, { param });
}
