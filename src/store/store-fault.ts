/** Faults of the file system, turned into the typed error once. Messages name no path: they reach clients. */
import { CorralError } from '../core/corral-error.ts';
import { formatByteSize } from '../core/byte-size.ts';

/** The system's code (`ENOENT`, ...) of an error that the file system threw; undefined for any other. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether the error says that nothing lies at a path. */
export function isAbsent(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** `what` failed to be read. A typed error is passed on. */
export function readFault(what: string, error: unknown): CorralError {
  if (error instanceof CorralError) return error;
  const code = systemCode(error) ?? 'unknown fault';
  return new CorralError('store_read', `${what} can't be read (${code})`, {
    hint:
      code === 'EACCES' || code === 'EPERM'
        ? 'Give this user permission to read the folder of OLLAMA_MODELS.'
        : 'Check the disk and the folder of OLLAMA_MODELS.',
    cause: error,
  });
}

/** Writing `neededBytes` (undefined = nobody knows how many) into the store failed. A typed error is passed on. */
export function writeFault(neededBytes: number | undefined, error: unknown): CorralError {
  if (error instanceof CorralError) return error;
  const code = systemCode(error) ?? 'unknown fault';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new CorralError('store_write', `the model store is full (${code})`, {
      hint: `Free ${neededBytes === undefined ? 'some room' : formatByteSize(neededBytes)}, or let OLLAMA_MODELS name a folder with more room.`,
      cause: error,
    });
  }
  return new CorralError('store_write', `the model store can't be written (${code})`, {
    hint: 'Give this user permission to write to the folder of OLLAMA_MODELS, or let it name another one.',
    cause: error,
  });
}
