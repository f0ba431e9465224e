/** JSON files of a checkpoint. Python writes NaN and Infinity into them, which JSON has not; they become null. */
import type { ByteSource } from '../gguf/byte-source.ts';
import { quoted } from '../gguf/bad-gguf.ts';
import { badCheckpoint } from './bad-checkpoint.ts';

/** A JSON object whose values nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Bytes. The largest tokenizer.json in use, Gemma's with 262,144 tokens, has 33 MB. */
const maxFileBytes = 128 * 1024 * 1024;

/** undefined when there is no such file. Throws `bad_checkpoint` for one that is no JSON, and what the source throws. */
export async function readJsonFile(files: ReadonlyMap<string, ByteSource>, name: string): Promise<unknown> {
  const text = await readTextFile(files, name);
  if (text === undefined) return undefined;
  const value =
    parsed(text) ?? parsed(text.replaceAll(stringOrNotFinite, (found) => (found.startsWith('"') ? found : 'null')));
  if (value === undefined) throw badCheckpoint(`${quoted(name)} is not JSON`);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the parser's own words quote the file
  }
}

/** The same, of a file that must hold an object. */
export async function readJsonObject(
  files: ReadonlyMap<string, ByteSource>,
  name: string,
): Promise<JsonObject | undefined> {
  const value = await readJsonFile(files, name);
  if (value === undefined) return undefined;
  const object = asObject(value);
  if (object === undefined) throw badCheckpoint(`${quoted(name)} holds no object`);
  return object;
}

export async function readTextFile(files: ReadonlyMap<string, ByteSource>, name: string): Promise<string | undefined> {
  const source = files.get(name);
  if (source === undefined) return undefined;
  if (source.sizeBytes > maxFileBytes) throw badCheckpoint(`${quoted(name)} is too large`);
  return new TextDecoder().decode(await source.read(0, source.sizeBytes));
}

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

const stringOrNotFinite = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/gs;
