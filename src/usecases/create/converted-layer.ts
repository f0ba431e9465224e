/** Uploaded safetensors files as one layer: a model, or a LoRA for one. */
import { CorralError } from '../../core/corral-error.ts';
import type { Checkpoint, CheckpointTensor } from '../../formats/checkpoint/checkpoint.ts';
import { convertAdapter, type AdapterBase } from '../../formats/checkpoint/convert-adapter.ts';
import { convertCheckpoint } from '../../formats/checkpoint/convert-checkpoint.ts';
import type { Gguf } from '../../formats/gguf/gguf.ts';
import { countOf, textOf } from '../../formats/gguf/gguf-values.ts';
import { layerMediaType } from '../../formats/model-manifest.ts';
import { readSafetensors } from '../../formats/safetensors/read-safetensors.ts';
import { fileByteSource, type FileByteSource } from '../../store/file-byte-source.ts';
import type { ProgressEvent } from '../progress-event.ts';
import type { SourceFile } from './create-order.ts';
import { uploadedBytes } from './import-file.ts';
import type { CreateWork } from './create-work.ts';
import type { BlobLayer } from './model-layer.ts';
import { writtenLayer } from './written-layer.ts';

type Progress = AsyncGenerator<ProgressEvent, BlobLayer, undefined>;

export const isSafetensors = (files: readonly SourceFile[]): boolean =>
  files.some(({ name }) => name.endsWith('.safetensors'));

/** Yields progress. Throws `blob_not_found`, `bad_checkpoint`, `not_supported`, or what the store throws. */
export async function* convertedModel(files: readonly SourceFile[], work: CreateWork): Progress {
  const status = 'converting model';
  return yield* withCheckpoint(files, work, async function* (checkpoint): Progress {
    const { gguf, isPreTokenizerUnknown } = await convertCheckpoint(checkpoint);
    if (isPreTokenizerUnknown) {
      yield {
        status: 'this tokenizer cuts texts into words in an unknown way: the default is used, answers may be worse',
      };
    }
    return yield* writtenLayer(gguf, { mediaType: layerMediaType.model, status }, work);
  });
}

/** The same for an adapter; `base`: the header of the model that it must have been made for. */
export async function* convertedAdapter(
  files: readonly SourceFile[],
  base: Gguf | undefined,
  work: CreateWork,
): Progress {
  const status = 'converting adapter';
  if (base === undefined) throw new CorralError('bad_request', 'no base model was found');
  return yield* withCheckpoint(files, work, async function* (checkpoint): Progress {
    const gguf = await convertAdapter(checkpoint, adapterBase(base));
    return yield* writtenLayer(gguf, { mediaType: layerMediaType.adapter, status }, work);
  });
}

function adapterBase(base: Gguf): AdapterBase {
  const architecture = textOf(base, 'general.architecture') ?? '';
  const queries = countOf(base, `${architecture}.attention.head_count`) ?? 0;
  const keys = countOf(base, `${architecture}.attention.head_count_kv`) ?? queries;
  if (Math.max(queries, keys) > 0xffff) throw new CorralError('bad_gguf', 'the base model has too many heads');
  return { architecture, heads: { queries, keys } };
}

/** Weights lie beside config.json; those in folders below belong to other states of the training, or to modules that are refused. */
const isWeights = ({ name }: { readonly name: string }) => name.endsWith('.safetensors') && !name.includes('/');

/** Of folders below only the configurations of a sentence transformer's modules. */
const isRead = (name: string) => !name.includes('/') || name.endsWith('/config.json');

/** Each is open while the model is converted. The largest models come in some 200. */
const maxFiles = 1024;

async function* withCheckpoint(
  files: readonly SourceFile[],
  parts: CreateWork,
  use: (checkpoint: Checkpoint) => Progress,
): Progress {
  const needed = files.filter(({ name }) => isRead(name));
  if (needed.length > maxFiles) throw new CorralError('bad_request', 'too many files');
  const weights = needed.filter(isWeights).map(({ digest }) => digest);
  if (new Set(weights).size < weights.length) throw new CorralError('bad_request', 'two files have the same weights');
  const opened = new Map<string, FileByteSource>();
  try {
    for (const { name, digest } of needed) {
      await uploadedBytes(digest, parts);
      opened.set(name, await fileByteSource(parts.blobs.path(digest)));
    }
    return yield* use({ files: opened, tensors: await tensorsOf(opened) });
  } finally {
    await Promise.all([...opened.values()].map((source) => source.close()));
  }
}

async function tensorsOf(files: ReadonlyMap<string, FileByteSource>): Promise<readonly CheckpointTensor[]> {
  const tensors: CheckpointTensor[] = [];
  for (const [name, source] of files) {
    if (!isWeights({ name })) continue;
    for (const tensor of await readSafetensors(source, name)) tensors.push({ ...tensor, source });
  }
  return tensors;
}
