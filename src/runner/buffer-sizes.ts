/**
 * Memory that the engine took, read from its log while it loads: lines such as
 * `llama_kv_cache:        CPU KV buffer size =   180.00 MiB`. There is no call that tells it.
 */
const line = /([\w.[\]-]+)\s+(?:model|KV|RS|compute|output|recurrent)\s+buffer size\s*=\s*([\d.]+) MiB/;
const mebibyte = 1024 * 1024;

export class BufferSizes {
  #hostBytes = 0;
  #deviceBytes = 0;

  /** Takes one piece of log text in; anything but a buffer size is ignored. */
  read(text: string): void {
    const match = line.exec(text);
    if (match === null) return;
    const bytes = Math.round(Number(match[2]) * mebibyte);
    if (/^CPU|_Host$/.test(match[1] ?? '')) this.#hostBytes += bytes;
    else this.#deviceBytes += bytes;
  }

  get totalBytes(): number {
    return this.#hostBytes + this.#deviceBytes;
  }

  get deviceBytes(): number {
    return this.#deviceBytes;
  }
}
