/** What of an error leaves the machine: no message of a foreign error (it may hold anything), and no folder of this machine. */
import type { CorralError } from '../core/corral-error.ts';
import type { WireError } from './exchange.ts';

/** `privateFolders` are folders whose names never leave the machine. */
export function createWireErrors(privateFolders: readonly string[]): (error: CorralError) => WireError {
  // The longest first: a folder may lie in another one.
  const folders = privateFolders.filter((folder) => folder.length > 1).sort((one, other) => other.length - one.length);
  return (error) => {
    const { code, status, param } = error;
    const message =
      code === 'internal'
        ? 'internal error, the log of the server has the details'
        : folders.reduce((text, folder) => text.replaceAll(folder, '…'), error.message);
    return { code, status, param, message };
  };
}
