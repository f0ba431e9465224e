import { describe, expect, test } from 'vitest';
import { ggufFile, memorySource, value, type Value } from '../../../test/support/gguf-writer.ts';
import { readGguf } from './read-gguf.ts';
import { orderedShards, shardPlace } from './shards.ts';

const headerWith = (metadata: Readonly<Record<string, Value>>) =>
  readGguf(memorySource(ggufFile({ metadata, tensors: [] })), { arrays: 'skip' });
const shard = (index: number, count: number) =>
  headerWith({ 'split.no': value.uint16(index), 'split.count': value.uint16(count) });

describe('the place of a file', () => {
  test('is told by its metadata and its name alike', async () => {
    const place = shardPlace('folder/big-00002-of-00003.gguf', await shard(1, 3));
    expect(place).toEqual({ index: 1, count: 3, group: 'big:3' });
  });

  test('is none for a whole model, whatever its name', async () => {
    expect(shardPlace('big-00002-of-00003.gguf', await headerWith({}))).toBeUndefined();
    expect(shardPlace('model.gguf', await shard(0, 1))).toBeUndefined();
  });

  test.each([
    ['a name without numbers', 'big.gguf', 1, 3, 'must use llama.cpp split filename pattern'],
    ['another count in the name', 'big-00002-of-00004.gguf', 1, 3, 'filename count 4 does not match metadata count 3'],
    ['another number in the name', 'big-00003-of-00003.gguf', 1, 3, 'filename index 2 does not match metadata index 1'],
  ])('%s is refused', async (_, name, index, count, message) => {
    const header = await shard(index, count);
    expect(() => shardPlace(name, header)).toThrow(message);
  });

  test('a shard without its number is refused', async () => {
    const header = await headerWith({ 'split.count': value.uint16(3) });
    expect(() => shardPlace('big-00002-of-00003.gguf', header)).toThrow('is missing split.no metadata');
  });
});

describe('the shards of a model', () => {
  const shards = (...indexes: number[]) =>
    indexes.map((index) => ({ name: `big-${index}`, place: { index, count: 3, group: 'big:3' } }));

  test('come in their order', () => {
    expect(orderedShards(shards(2, 0, 1)).map(({ place }) => place.index)).toEqual([0, 1, 2]);
  });

  test('are refused when one is missing or there twice', () => {
    expect(() => orderedShards(shards(0, 2))).toThrow('has 2 shards, expected 3');
    expect(() => orderedShards(shards(0, 1, 1))).toThrow('duplicate shard index 1');
  });
});
