/** Weights of the starter model that are a little wrong: a draft model with the same vocabulary that guesses well but not always right. */
import { readFileSync, writeFileSync } from 'node:fs';
import { readGguf } from '../../src/formats/gguf/read-gguf.ts';
import { memorySource } from './gguf-writer.ts';
import { chatModelPath } from './starter-runner.ts';

/** A block of Q4_1: two 16-bit numbers, then 32 weights of four bits. */
const blockBytes = 20;
const scalesBytes = 4;

/** Writes them to `path`; in the layers of which `alters` is true, every weight of the feed-forward is moved by one step. */
export async function writeAlteredWeights(path: string, alters: (layer: number) => boolean): Promise<void> {
  const bytes = readFileSync(chatModelPath);
  const { tensors, dataOffsetBytes } = await readGguf(memorySource(bytes), { arrays: 'skip' });
  for (const { name, type, offsetBytes, sizeBytes } of tensors) {
    const layer = /^blk\.(\d+)\.ffn_(?:up|gate|down)\.weight$/.exec(name)?.[1];
    if (layer === undefined || type !== 'Q4_1' || !alters(Number(layer))) continue;
    const start = dataOffsetBytes + offsetBytes;
    for (let block = start; block < start + sizeBytes; block += blockBytes) {
      for (let at = block + scalesBytes; at < block + blockBytes; at++) bytes[at] = (bytes[at] ?? 0) ^ 0x11;
    }
  }
  writeFileSync(path, bytes);
}
