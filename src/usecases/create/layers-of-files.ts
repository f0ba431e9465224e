/**
 * Uploaded files as layers. Safetensors are converted. A GGUF file is stored as it came: its header is checked, and a rewritten copy would only double the bytes
 * on the disk and hide from everybody that it is the file they know. (Ollama passes each one through llama.cpp's quantiser.)
 */
import { CorralError } from '../../core/corral-error.ts';
import type { Gguf } from '../../formats/gguf/gguf.ts';
import { textOf } from '../../formats/gguf/gguf-values.ts';
import { orderedShards, shardPlace, type ShardPlace } from '../../formats/gguf/shards.ts';
import { layerMediaType } from '../../formats/model-manifest.ts';
import type { ProgressEvent } from '../progress-event.ts';
import type { SourceFile } from './create-order.ts';
import type { CreateWork } from './create-work.ts';
import { convertedAdapter, convertedModel, isSafetensors } from './converted-layer.ts';
import { beginsAsGguf, importFile, type ImportedFile } from './import-file.ts';
import { mergedLayer } from './merged-layer.ts';
import type { BlobLayer } from './model-layer.ts';

interface ImportedShard extends ImportedFile {
  readonly name: string;
  readonly place: ShardPlace;
}

/** Yields progress, returns the layers. Throws `bad_request`, `blob_not_found`, `bad_gguf` or `not_supported`. */
export async function* layersOfFiles(
  files: readonly SourceFile[],
  parts: CreateWork,
): AsyncGenerator<ProgressEvent, readonly BlobLayer[], undefined> {
  if (isSafetensors(files)) return [yield* convertedModel(files, parts)];
  await refuseOtherFormats(files, parts);
  const layers: BlobLayer[] = [];
  const groups = new Map<string, readonly ImportedShard[]>();
  for (const file of files) {
    yield { status: 'parsing GGUF' };
    const imported = await importFile(file, parts);
    const place = shardPlace(file.name, imported.gguf);
    if (place === undefined) {
      layers.push(withFittingOrigin(imported));
      continue;
    }
    groups.set(place.group, [...(groups.get(place.group) ?? []), { ...imported, name: file.name, place }]);
  }
  for (const group of groups.values()) layers.push(yield* mergedLayer(orderedShards(group), parts));
  return layers;
}

/** The one adapter of a request; `base` is the header of the model that it must have been made for. */
export async function* layerOfAdapter(
  files: readonly SourceFile[],
  base: Gguf | undefined,
  parts: CreateWork,
): AsyncGenerator<ProgressEvent, readonly BlobLayer[], undefined> {
  const [file, ...more] = files;
  if (file === undefined) return [];
  if (isSafetensors(files)) return [yield* convertedAdapter(files, base, parts)];
  await refuseOtherFormats(files, parts);
  if (more.length > 0) throw new CorralError('bad_request', 'only one adapter is currently supported');
  yield { status: 'parsing GGUF' };
  const adapter = await importFile(file, parts);
  if (adapter.mediaType !== layerMediaType.adapter) {
    throw new CorralError('bad_request', 'the adapter file is not an adapter', {
      hint: 'ADAPTER wants a LoRA in GGUF format, as convert_lora_to_gguf.py of llama.cpp makes it.',
    });
  }
  const architecture = textOf(adapter.gguf, 'general.architecture');
  const ofBase = base && textOf(base, 'general.architecture');
  if (ofBase !== undefined && architecture !== ofBase) {
    throw new CorralError(
      'bad_request',
      `the adapter was made for ${architecture ?? 'another'} models, this is ${ofBase}`,
    );
  }
  return [adapter];
}

/** Tensors of encoders inside a model file: Ollama leaves such a file alone, and then its layer keeps the file's name. */
const encoderTensor = /^(a|mm|mtp|s|v)\./;

/** The layer says where it is from exactly when it would with Ollama, so that equal models have equal ids. */
function withFittingOrigin({ mediaType, blob, from, gguf }: ImportedFile): BlobLayer {
  const isPlainModel = mediaType === layerMediaType.model && !gguf.tensors.some(({ name }) => encoderTensor.test(name));
  return { mediaType, blob, gguf, ...(isPlainModel ? {} : { from }) };
}

/** Names decide, and where none does, what the files begin with. */
async function refuseOtherFormats(files: readonly SourceFile[], { blobs, hold }: CreateWork): Promise<void> {
  if (files.some(({ name }) => name.endsWith('.gguf'))) return;
  await hold.keep(files.map(({ digest }) => digest));
  for (const { digest } of files) {
    if ((await blobs.sizeOf(digest)) !== undefined && (await beginsAsGguf(blobs.path(digest)))) return;
  }
  throw new CorralError('bad_request', 'unknown type', { hint: 'Only GGUF and safetensors files can be imported.' });
}
