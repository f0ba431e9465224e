/**
 * Memory that the engine took, read from its log while it loads: lines such as
 * `llama_kv_cache:        CPU KV buffer size =   180.00 MiB`. There is no call that tells it.
 */
const line = /([\w.[\]-]+)\s+(?:model|KV|RS|compute|output|recurrent|LoRA)\s+buffer size\s*=\s*([\d.]+) MiB/;
const mebibyte = 1024 * 1024;

/** Weights of the processor's own, laid out anew: for its vector units, or the tiles that some Intel processors have. */
const repackings: ReadonlySet<string> = new Set(['CPU_REPACK', 'AMX']);

export class BufferSizes {
  #mappedBytes = 0;
  #repackedBytes = 0;
  #hostBytes = 0;
  #deviceBytes = 0;

  /** Takes one piece of log text in; anything but a buffer size is ignored. */
  read(text: string): void {
    const match = line.exec(text);
    if (match === null) return;
    const name = match[1] ?? '';
    const bytes = Math.round(Number(match[2]) * mebibyte);
    if (name === 'CPU_Mapped') this.#mappedBytes += bytes;
    else if (repackings.has(name)) this.#repackedBytes += bytes;
    else if (/^CPU|_Host$/.test(name)) this.#hostBytes += bytes;
    else this.#deviceBytes += bytes;
  }

  /** `isSplit`: of a model with split weights, which are what is repacked; they lie behind what is mapped. */
  totalBytes(isSplit: boolean): number {
    // Elsewhere repacked weights lie between others in the mapped file too, but those pages are not used again and the system takes them back.
    const weights = isSplit
      ? this.#mappedBytes + this.#repackedBytes
      : Math.max(this.#mappedBytes, this.#repackedBytes);
    return weights + this.#hostBytes + this.#deviceBytes;
  }

  get deviceBytes(): number {
    return this.#deviceBytes;
  }
}
