/** Where a parser gets its bytes from: a file, or memory. */
export interface ByteSource {
  readonly sizeBytes: number;
  /**
   * The bytes from `offsetBytes` on, `lengthBytes` of them; fewer only where the source ends. Callers ask for nothing beyond the end.
   * Where the source has to copy them somewhere, it may do so into `into`, which has room for them.
   */
  read(offsetBytes: number, lengthBytes: number, into?: Uint8Array): Promise<Uint8Array>;
}
