/**
 * A file that keeps the KV cells of a prompt's beginning:
 *
 *   8 bytes magic | u32 length of the header | header (JSON) | section "tokens" | section "state"
 *
 * The header says what must be equal for the cells to be good; token ids and cells lie in sections (section.ts), each with its own check, so that
 * the tokens can be read without the cells. Little-endian throughout. Pure.
 */
import { z } from 'zod';

/** How the name of a whole file ends, and of one that is being written. */
export const prefixEnding = '.prefix';
export const partialEnding = '.partial';

const magic = 'CORRALPX';
/** Some fields of bounded length; more is not ours. */
const mostHeaderBytes = 4096;
/** No context is longer. */
const mostTokens = 16_777_216;

const headerSchema = z.strictObject({
  version: z.literal(1),
  /** Digest of the weights, for people. */
  model: z.string().max(100),
  /** Hash of everything that decides what cells hold, besides tokens and adapters. */
  identity: z.string().regex(/^[0-9a-f]{64}$/),
  /** Digests of the adapters over the weights, in order. */
  adapters: z.array(z.string().max(100)).max(16),
  /** Token ids from the prompt's first on. */
  tokens: z.int().min(1).max(mostTokens),
  /** The cells cover positions [from, tokens). */
  from: z.int().min(0),
  stateBytes: z.int().min(1),
  sealed: z.boolean(),
});

export type PrefixHeader = z.infer<typeof headerSchema>;

/** Magic, length and header; also what the sections' checks are bound to. */
export function encodeHeader(header: PrefixHeader): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([Buffer.from(magic, 'latin1'), length, text]);
}

/** Bytes that are enough to find the header's length. */
export const headerStartBytes = magic.length + 4;

/** Bytes of magic, length and header together; undefined when this is not such a file. */
export function headerBytes(start: Uint8Array): number | undefined {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
  if (bytes.length < headerStartBytes || bytes.toString('latin1', 0, magic.length) !== magic) return undefined;
  const length = bytes.readUInt32LE(magic.length);
  return length <= mostHeaderBytes ? headerStartBytes + length : undefined;
}

/** Undefined when it is not a header of this version. `bytes` as `headerBytes` says. */
export function decodeHeader(bytes: Uint8Array): PrefixHeader | undefined {
  try {
    const text = Buffer.from(bytes).toString('utf8', headerStartBytes);
    const header = headerSchema.safeParse(JSON.parse(text)).data;
    return header !== undefined && header.from < header.tokens ? header : undefined;
  } catch {
    return undefined;
  }
}
