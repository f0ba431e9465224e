/** Where a parser gets its bytes from: a file, or memory. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** The bytes from `offsetBytes` on, `lengthBytes` of them; fewer only where the source ends. Callers ask for nothing beyond the end. */
  read(offsetBytes: number, lengthBytes: number): Promise<Uint8Array>;
}
