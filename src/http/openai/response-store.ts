/**
 * The responses that a later request may build on (`previous_response_id`), in memory alone: they end with the server and never touch a
 * disk. The one that was used longest ago goes first.
 */
import type { InputItem } from '../../api/openai/response-items.ts';
import { CorralError } from '../../core/corral-error.ts';
import type { ResponseObject } from './response-object.ts';

export interface KeptResponse {
  readonly response: ResponseObject;
  /** Of this request. */
  readonly input: readonly InputItem[];
  /** What a request that builds on it begins with: earlier turns, input and output. */
  readonly conversation: readonly InputItem[];
}

export interface ResponseStore {
  /** Throws `bad_request` with status 404. */
  get(id: string): KeptResponse;
  find(id: string): KeptResponse | undefined;
  /** An item of any kept conversation. */
  findItem(itemId: string): InputItem | undefined;
  put(kept: KeptResponse): void;
  /** Throws as `get` does. */
  remove(id: string): void;
}

export interface ResponseStoreLimits {
  readonly maxCount: number;
  /** Of the JSON of all; earlier turns count in each response that holds them. */
  readonly maxBytes: number;
}

/**
 * An agent's session has some hundred turns, a long one of them a few hundred KB; the sessions of a handful of people fit. The bytes are
 * what matters: two requests of the largest size, full of images, are just kept.
 */
const defaultLimits: ResponseStoreLimits = { maxCount: 1000, maxBytes: 128 * 1024 * 1024 };

export function createResponseStore({ maxCount, maxBytes }: ResponseStoreLimits = defaultLimits): ResponseStore {
  // In the order of their last use.
  const entries = new Map<string, { readonly kept: KeptResponse; readonly sizeBytes: number }>();
  let totalBytes = 0;

  function drop(id: string): boolean {
    totalBytes -= entries.get(id)?.sizeBytes ?? 0;
    return entries.delete(id);
  }

  function find(id: string): KeptResponse | undefined {
    const entry = entries.get(id);
    if (entry === undefined) return undefined;
    entries.delete(id);
    entries.set(id, entry);
    return entry.kept;
  }

  return {
    find,
    get(id) {
      const kept = find(id);
      if (kept === undefined) throw noSuchResponse(id);
      return kept;
    },
    findItem(itemId) {
      for (const { kept } of entries.values()) {
        const item = kept.conversation.find(({ id }) => id === itemId);
        if (item !== undefined) return item;
      }
      return undefined;
    },
    put(kept) {
      const { id } = kept.response;
      const sizeBytes = Buffer.byteLength(JSON.stringify([kept.response, kept.conversation]));
      drop(id);
      entries.set(id, { kept, sizeBytes });
      totalBytes += sizeBytes;
      for (const oldest of entries.keys()) {
        if (entries.size <= maxCount && totalBytes <= maxBytes) break;
        drop(oldest);
      }
    },
    remove(id) {
      if (!drop(id)) throw noSuchResponse(id);
    },
  };
}

function noSuchResponse(id: string): CorralError {
  return new CorralError('bad_request', `Response with id '${id}' not found.`, { status: 404 });
}
