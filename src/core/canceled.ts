import { CorralError } from './corral-error.ts';

/** The error of work that nobody waits for any more. */
export function canceled(cause?: unknown): CorralError {
  return new CorralError('canceled', 'request canceled', cause === undefined ? {} : { cause });
}
