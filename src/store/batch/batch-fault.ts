/** Faults of the disk where files and batches lie, in words that name no path. */
import { CorralError } from '../../core/corral-error.ts';
import { systemCode } from '../store-fault.ts';

/** Throws what a write failed with, typed; a typed error is passed on. */
export function throwWriteFault(error: unknown): never {
  if (error instanceof CorralError) throw error;
  const code = systemCode(error) ?? 'unknown fault';
  throw new CorralError('store_write', `the folder of files and batches can't be written (${code})`, {
    hint: 'It lies beside the models, in the user’s .ollama: free some room there, or give this user permission to write.',
    cause: error,
  });
}

/** `what` failed to be read. A typed error is passed on. */
export function readFault(what: string, error: unknown): CorralError {
  if (error instanceof CorralError) return error;
  return new CorralError('store_read', `${what} can't be read (${systemCode(error) ?? 'damaged'})`, { cause: error });
}
