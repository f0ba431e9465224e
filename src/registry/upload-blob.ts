/**
 * A blob to a registry: in chunks (PATCH) and a closing PUT, as Ollama sends it, or in one PUT where a registry takes no chunks.
 *
 * When a chunk breaks, the registry is asked what it has and the upload goes on there; one that has thrown the upload away gets it from the
 * beginning. A registry may send a chunk on to its storage (307): that request carries no credentials.
 */
import { createHash } from 'node:crypto';
import type { RegistrySession } from './registry-session.ts';
import { retryWaitMs, waitToRetry, type RetryPolicy } from './retry.ts';
import { startUpload, uploadLocation, uploadStep } from './start-upload.ts';
import type { UploadSource } from './upload-source.ts';

export interface UploadBlobOptions {
  readonly session: RegistrySession;
  readonly source: UploadSource;
  /** A repository of the same registry that may have the blob. */
  readonly mountFrom?: string | undefined;
  /** Told how many bytes have been sent so far; goes back when a chunk is sent again. */
  readonly onSent: (bytes: number) => void;
  readonly retries: RetryPolicy;
  readonly signal: AbortSignal;
}

// Ollama's sizes: a blob in sixteen chunks, none below 100 MB or above 1 GB.
const wantedChunks = 16;
const minChunkBytes = 100e6;
const maxChunkBytes = 1000e6;

/** Silence after the last byte of a chunk was sent. */
const chunkReplyTimeoutMs = 120_000;
/** The registry may hash or copy the whole blob before it answers the closing request. */
const closeReplyTimeoutMs = 600_000;

/** Throws RegistryError, `store_read`, `canceled`. The blob is in the repository afterwards. */
export async function uploadBlob(options: UploadBlobOptions): Promise<void> {
  const { session, source, mountFrom, onSent, signal, retries } = options;
  for (let tried = 1; ; tried++) {
    try {
      const location = await startUpload(session, source, tried === 1 ? mountFrom : undefined, signal);
      if (location !== undefined) await new Upload(options, location, retries).send();
      onSent(source.sizeBytes);
      return;
    } catch (error) {
      const waitMs = retryWaitMs(error, tried, retries);
      if (waitMs === undefined) throw error;
      await waitToRetry(waitMs, signal);
    }
  }
}

class Upload {
  readonly #options: UploadBlobOptions;
  readonly #retries: RetryPolicy;
  readonly #step: string;
  readonly #chunkSums: Buffer[] = [];
  #location: URL;
  #sentBytes = 0;

  constructor(options: UploadBlobOptions, location: URL, retries: RetryPolicy) {
    this.#options = options;
    this.#location = location;
    this.#retries = retries;
    this.#step = uploadStep(options.source.digest);
  }

  async send(): Promise<void> {
    const { sizeBytes } = this.#options.source;
    const chunkBytes = Math.min(maxChunkBytes, Math.max(minChunkBytes, Math.ceil(sizeBytes / wantedChunks)));
    let tried = 0;
    while (this.#sentBytes < sizeBytes) {
      const from = this.#sentBytes;
      try {
        if (!(await this.#sendChunk(from, Math.min(from + chunkBytes, sizeBytes)))) {
          await this.#sendWhole();
          return;
        }
        tried = 0;
      } catch (error) {
        tried++;
        const waitMs = retryWaitMs(error, tried, this.#retries);
        if (waitMs === undefined) throw error;
        await waitToRetry(waitMs, this.#options.signal);
        // Thrown on: an upload that the registry has forgotten begins anew.
        if (!(await this.#askProgress())) throw error;
      }
    }
    await this.#close(false);
  }

  /** false when the registry takes no chunks. */
  async #sendChunk(from: number, to: number): Promise<boolean> {
    const { session, signal } = this.#options;
    const sum = createHash('md5');
    const request = {
      step: this.#step,
      body: () => this.#body(from, to, (bytes) => sum.update(bytes)),
      replyTimeoutMs: chunkReplyTimeoutMs,
      redirects: 'return',
      signal,
    } as const;
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(to - from) };
    const reply = await session.send({
      ...request,
      method: 'PATCH',
      url: this.#location,
      headers: { ...headers, 'content-range': `${from}-${to - 1}`, 'x-redirect-uploads': '1' },
      accept: [405, 501],
    });
    reply.discard();
    if (reply.status === 405 || reply.status === 501) return false;
    const next = uploadLocation(session, reply, this.#location, this.#step);
    const storage = reply.header('location');
    if (reply.status === 307 && storage !== undefined) {
      const moved = await session.send({ ...request, method: 'PUT', url: new URL(storage, this.#location), headers });
      moved.discard();
    }
    this.#location = next;
    this.#sentBytes = to;
    this.#chunkSums.push(sum.digest());
    return true;
  }

  async #sendWhole(): Promise<void> {
    const { session, source, signal } = this.#options;
    // Anew: what the registry did with the chunk that it refused is its secret.
    const location = await startUpload(session, source, undefined, signal);
    if (location === undefined) return;
    this.#location = location;
    await this.#close(true);
  }

  async #close(withBody: boolean): Promise<void> {
    const { session, source, signal } = this.#options;
    const url = new URL(this.#location);
    url.searchParams.set('digest', source.digest);
    if (!withBody) url.searchParams.set('etag', this.#etag());
    const reply = await session.send({
      method: 'PUT',
      url,
      step: this.#step,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': withBody ? String(source.sizeBytes) : '0',
      },
      ...(withBody && { body: () => this.#body(0, source.sizeBytes, () => {}) }),
      replyTimeoutMs: closeReplyTimeoutMs,
      signal,
    });
    reply.discard();
  }

  /** Object stores name what was uploaded in parts by the MD5 of the parts' MD5s; Ollama's registry compares it. */
  #etag(): string {
    const all = createHash('md5').update(Buffer.concat(this.#chunkSums)).digest('hex');
    return `${all}-${this.#chunkSums.length}`;
  }

  /** Asks how far the registry got (OCI distribution, "resuming a push"); false when it does not know the upload any more. */
  async #askProgress(): Promise<boolean> {
    const { session, signal } = this.#options;
    const reply = await session.send({
      method: 'GET',
      url: this.#location,
      step: this.#step,
      accept: [400, 404, 405, 416],
      signal,
    });
    reply.discard();
    const range = /^(?:bytes=)?0-(\d{1,16})$/.exec(reply.header('range') ?? '');
    // Chunks that were sent whole are summed; one that was sent in two can't be, and begins again with the upload.
    if (reply.status >= 300 || Number(range?.[1] ?? -1) + 1 !== this.#sentBytes) return false;
    this.#location = uploadLocation(session, reply, this.#location, this.#step);
    return true;
  }

  async *#body(from: number, to: number, onBytes: (bytes: Uint8Array) => void): AsyncGenerator<Uint8Array> {
    let sentBytes = from;
    for await (const bytes of this.#options.source.read(from, to)) {
      onBytes(bytes);
      yield bytes;
      sentBytes += bytes.byteLength;
      this.#options.onSent(sentBytes);
    }
  }
}
