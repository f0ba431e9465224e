/** A blob to be sent; the store hands it over. */
import type { Digest } from '../formats/digest.ts';

export interface UploadSource {
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** Bytes `from` to before `to`; may be asked for again when a transfer broke. */
  read(from: number, to: number): AsyncIterable<Uint8Array>;
}
