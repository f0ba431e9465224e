import { CorralError } from '../../core/corral-error.ts';

/** The error for a model of safetensors files that can't be read. Messages name files as the client does, and no path. */
export function badCheckpoint(
  problem: string,
  hint = 'Download the model anew, with all its files; a file that was fetched in part can look like this.',
): CorralError {
  return new CorralError('bad_checkpoint', problem, { hint });
}
