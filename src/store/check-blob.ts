import type { BlobCondition, BlobReference } from './blob-store.ts';
import { hashFile, type HashFileOptions } from './hash-file.ts';
import { CorralError } from '../core/corral-error.ts';
import { isAbsent } from './store-fault.ts';

/** Whether the file at `path` is the blob; reads all of it. Throws `canceled`. */
export async function checkBlob(path: string, blob: BlobReference, options: HashFileOptions): Promise<BlobCondition> {
  try {
    const { digest, sizeBytes } = await hashFile(path, options);
    return digest === blob.digest && sizeBytes === blob.sizeBytes ? 'good' : 'damaged';
  } catch (error) {
    if (error instanceof CorralError) throw error;
    return isAbsent(error) ? 'missing' : 'unreadable';
  }
}
