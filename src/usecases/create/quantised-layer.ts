/** Weights as a layer of another number format. */
import { workWithProgress } from '../../core/work-with-progress.ts';
import { CorralError } from '../../core/corral-error.ts';
import type { Gguf } from '../../formats/gguf/gguf.ts';
import { modelFacts } from '../../formats/gguf/model-facts.ts';
import { parseQuantisation, quantisableFileTypes } from '../../formats/quantisation.ts';
import { tensorsKeptFiner } from '../../formats/tensors-kept-finer.ts';
import { readHeader } from '../../store/read-header.ts';
import type { ProgressEvent } from '../progress-event.ts';
import type { CreateWork } from './create-work.ts';
import { digestToCome } from './written-layer.ts';
import type { BlobLayer } from './model-layer.ts';

interface Wanted {
  /** In capitals. */
  readonly type: string;
  /** Whether a source that is quantised already will do. */
  readonly mayRequantise: boolean;
}

/**
 * `layer` in the number format `wanted`, itself when it has that already. Yields progress.
 * Throws `bad_request`, or what the quantiser and the store throw.
 */
export async function* quantisedLayer(
  layer: BlobLayer & { readonly gguf: Gguf },
  { type, mayRequantise }: Wanted,
  { blobs, hold, signal, made, quantise }: CreateWork,
): AsyncGenerator<ProgressEvent, BlobLayer, undefined> {
  const { name, fileType } = parseQuantisation(type);
  const facts = modelFacts(layer.gguf);
  if (!mayRequantise && !quantisableFileTypes.has(facts.fileTypeText)) {
    throw new CorralError('bad_request', 'quantization is only supported for F16, BF16 and F32 models', {
      status: 500,
      hint: `This model is ${facts.fileTypeText} already. --requantize ("requantize": true) does it all the same; docs/weights.md says what that costs.`,
    });
  }
  if (name === facts.fileTypeText) return layer;

  const { digest, sizeBytes: total } = layer.blob;
  const status = `quantizing ${facts.fileTypeText} model to ${type}`;
  const targetPath = await blobs.temporaryFile();
  const blob = yield* workWithProgress<ProgressEvent, BlobLayer['blob']>(async (report) => {
    const request = {
      sourcePath: blobs.path(digest),
      targetPath,
      fileType,
      keptTensors: tensorsKeptFiner(facts.architecture, name),
    };
    const onProgress = (fraction: number) =>
      report({ status, digest: digestToCome, total, completed: Math.round(fraction * total) });
    await quantise(request, { signal, onProgress });
    report({ status: 'verifying conversion' });
    return blobs.adopt(targetPath, { hold, signal });
  });
  made.add(blob.digest);
  return { mediaType: layer.mediaType, blob, gguf: await readHeader(blobs.path(blob.digest), 'skip'), isNew: true };
}
