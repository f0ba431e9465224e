/**
 * Models in several files, `name-00001-of-00003.gguf` and so on: which files make one model, checked as Ollama checks it. Each shard
 * says its number and the number of all in its metadata, and its name says the same once more.
 */
import { CorralError } from '../../core/corral-error.ts';
import type { Gguf } from './gguf.ts';
import { countOf } from './gguf-values.ts';

export interface ShardPlace {
  /** From 0. */
  readonly index: number;
  readonly count: number;
  /** The same for all shards of one model. */
  readonly group: string;
}

/** llama.cpp counts shards in 16 bits. */
const maxShards = 65_535;

/** The place of the file `name` among its shards; undefined for a file that is a whole model. Throws `bad_gguf`. */
export function shardPlace(name: string, gguf: Gguf): ShardPlace | undefined {
  const count = countOf(gguf, 'split.count') ?? 0;
  if (count <= 1 || count > maxShards) return undefined;
  const quoted = JSON.stringify(name);
  const fileName = name.split('/').at(-1) ?? name;
  const [, prefix, number, nameCount] = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/.exec(fileName) ?? [];
  if (prefix === undefined) throw badShard(`split GGUF ${quoted} must use llama.cpp split filename pattern`);
  if (Number(nameCount) !== count) {
    throw badShard(`split GGUF ${quoted} filename count ${Number(nameCount)} does not match metadata count ${count}`);
  }
  const index = countOf(gguf, 'split.no');
  if (index === undefined) throw badShard(`split GGUF ${quoted} is missing split.no metadata`);
  if (index !== Number(number) - 1) {
    throw badShard(`split GGUF ${quoted} filename index ${Number(number) - 1} does not match metadata index ${index}`);
  }
  return { index, count, group: `${prefix}:${count}` };
}

/** The shards of one group in their order. Throws `bad_gguf` where one is missing or there twice. */
export function orderedShards<Shard extends { readonly name: string; readonly place: ShardPlace }>(
  shards: readonly Shard[],
): readonly Shard[] {
  const [first] = shards;
  if (first === undefined) return [];
  const { count } = first.place;
  if (shards.length !== count) {
    throw badShard(`split GGUF ${JSON.stringify(first.name)} has ${shards.length} shards, expected ${count}`);
  }
  const ordered = [...shards].sort((one, other) => one.place.index - other.place.index);
  ordered.forEach(({ place }, index) => {
    if (place.index !== index) throw badShard(`split GGUF has duplicate shard index ${place.index}`);
  });
  return ordered;
}

function badShard(message: string): CorralError {
  return new CorralError('bad_gguf', message, {
    hint: 'Give all files of the model, under the names that llama.cpp gave them.',
  });
}
