/**
 * JSON files of a checkpoint. They come from anywhere, and parsed they take a multiple of their size, so each has a limit of its own and so
 * has what is nested in it. Python writes NaN and Infinity into configurations, which JSON has not; they become null.
 */
import type { ByteSource } from '../gguf/byte-source.ts';
import { quoted } from '../gguf/bad-gguf.ts';
import { asObject, nestsAtMost, parsedJson, type JsonObject } from '../untrusted-json.ts';
import { badCheckpoint } from './bad-checkpoint.ts';

type Files = ReadonlyMap<string, ByteSource>;

/** Bytes. Gemma's tokenizer.json with 262,144 tokens has 33 MB, its added tokens as a file of their own 1. */
const largeFiles: ReadonlyMap<string, number> = new Map([
  ['tokenizer.json', 64_000_000],
  ['tokenizer.model', 16_000_000],
  ['tokenizer_config.json', 16_000_000],
  ['added_tokens.json', 16_000_000],
  ['model.safetensors.index.json', 16_000_000],
]);

/** Of all others, which have some kilobytes. */
const usualFileBytes = 1_000_000;

/** Lists and objects in one file. Gemma's merges are 580,000 lists of two. */
const maxNested = 2_000_000;

/** undefined when there is no such file. Throws `bad_checkpoint` for one that is no JSON, and what the source throws. */
export async function readJsonFile(files: Files, name: string): Promise<unknown> {
  const bytes = await readCheckpointFile(files, name);
  if (bytes === undefined) return undefined;
  if (!nestsAtMost(bytes, maxNested)) throw badCheckpoint(`${quoted(name)} is too large`);
  const text = new TextDecoder().decode(bytes);
  const value = parsedJson(text) ?? (bytes.length <= usualFileBytes ? parsedJson(onlyFinite(text)) : undefined);
  if (value === undefined) throw badCheckpoint(`${quoted(name)} is not JSON`);
  return value;
}

/** The same, of a file that must hold an object. */
export async function readJsonObject(files: Files, name: string): Promise<JsonObject | undefined> {
  const value = await readJsonFile(files, name);
  if (value === undefined) return undefined;
  const object = asObject(value);
  if (object === undefined) throw badCheckpoint(`${quoted(name)} holds no object`);
  return object;
}

/** undefined when there is no such file. Throws `bad_checkpoint` for one that is too large, and what the source throws. */
export async function readCheckpointFile(files: Files, name: string): Promise<Uint8Array | undefined> {
  const source = files.get(name);
  if (source === undefined) return undefined;
  if (source.sizeBytes > (largeFiles.get(name) ?? usualFileBytes)) throw badCheckpoint(`${quoted(name)} is too large`);
  return source.read(0, source.sizeBytes);
}

/** Looks at each character once, whatever is in it. */
function onlyFinite(text: string): string {
  let result = '';
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    const outside = quote === -1 ? text.length : quote;
    result += text.slice(at, outside).replaceAll(/-?\b(?:Infinity|NaN)\b/g, 'null');
    at = quote === -1 ? text.length : endOfText(text, quote);
    result += text.slice(outside, at);
  }
  return result;
}

/** Behind the quote that closes the text which opens at `quote`. */
function endOfText(text: string, quote: number): number {
  for (let at = text.indexOf('"', quote + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
  return text.length;
}
