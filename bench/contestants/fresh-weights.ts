/**
 * The chat model's file, each time with another digest: nothing that a store or the system remembers of it can be used again. Only a few
 * characters of the model's name in the header change, so it stays a model.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { starterChatModel } from './models.ts';

export interface Weights {
  readonly bytes: Buffer;
  /** `sha256:<hex>` */
  readonly digest: string;
}

/** The key's text, its type (string) and its length, then the name itself. */
const nameKey = Buffer.from('general.name');
const headOfValueBytes = 4 + 8;
const markDigits = 8;

/** A function that makes the next ones. They share their memory: use one before asking for the next. */
export async function freshWeights(): Promise<() => Weights> {
  const bytes = await readFile(starterChatModel.file);
  const at = bytes.indexOf(nameKey) + nameKey.length + headOfValueBytes;
  let mark = Date.now() % 10 ** markDigits;
  return () => {
    mark = (mark + 1) % 10 ** markDigits;
    bytes.write(String(mark).padStart(markDigits, '0'), at, 'latin1');
    return { bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
  };
}
