/**
 * Several shards as the one file that they were split from: the first one's metadata without the keys of the split, the tensors of all,
 * their data as it is. One file, because a blob has no name from which an engine could find its other parts.
 */
import { CorralError } from '../../core/corral-error.ts';
import type { ByteSource } from './byte-source.ts';
import type { Gguf } from './gguf.ts';
import { copiedPairs, copiedTensor } from './copied-parts.ts';
import { alignmentOf, countOf } from './gguf-values.ts';
import { metadataRanges } from './metadata-ranges.ts';
import type { GgufToWrite, TensorToWrite } from './write-gguf.ts';

export interface Shard {
  readonly source: ByteSource;
  readonly header: Gguf;
}

const splitKeys: ReadonlySet<string> = new Set(['split.no', 'split.count', 'split.tensors.count']);

/** `shards` in their order. Throws `bad_gguf` when a tensor is there twice or some are missing. */
export async function mergeShards(shards: readonly [Shard, ...Shard[]]): Promise<GgufToWrite> {
  const [first] = shards;
  const tensors = shards.flatMap(({ source, header }) =>
    header.tensors.map((tensor) => copiedTensor(source, header, tensor)),
  );
  checkTensors(tensors, countOf(first.header, 'split.tensors.count'));
  const kept = (await metadataRanges(first.source)).filter(({ key }) => !splitKeys.has(key));
  return {
    pairs: copiedPairs(first.source, kept),
    tensors,
    alignment: alignmentOf(first.header),
  };
}

function checkTensors(tensors: readonly TensorToWrite[], expected: number | undefined): void {
  const names = new Set(tensors.map(({ name }) => name));
  if (names.size < tensors.length) throw new CorralError('bad_gguf', 'two shards have a tensor of the same name');
  if (expected === undefined || expected === tensors.length) return;
  throw new CorralError('bad_gguf', `the shards have ${tensors.length} tensors, ${expected} were split`);
}
