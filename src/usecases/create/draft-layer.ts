/**
 * The draft model of a model: a small one with the same vocabulary, whose guesses the large one checks. It is a layer like the weights, of
 * Ollama's media type, so several models share one file and a push takes it along.
 */
import { CorralError } from '../../core/corral-error.ts';
import { modelFacts } from '../../formats/gguf/model-facts.ts';
import { vocabularyDifference } from '../../formats/gguf/vocabulary-difference.ts';
import { layerMediaType } from '../../formats/model-manifest.ts';
import { displayName, type ModelName } from '../../formats/model-name.ts';
import type { ManifestStore } from '../../store/manifest-store.ts';
import { readHeader } from '../../store/read-header.ts';
import type { ProgressEvent } from '../progress-event.ts';
import type { DraftOrder } from './create-order.ts';
import type { CreateWork } from './create-work.ts';
import { layersOfFiles } from './layers-of-files.ts';
import { layersOfModel } from './layers-of-model.ts';
import { isBlobLayer, type BlobLayer, type ModelLayer } from './model-layer.ts';

/** `layers` with the draft in place of any before. Throws `bad_request` for one that can't guess for the weights, and what importing throws. */
export async function* withDraft(
  layers: readonly ModelLayer[],
  order: DraftOrder | undefined,
  manifests: Pick<ManifestStore, 'read'>,
  work: CreateWork,
): AsyncGenerator<ProgressEvent, readonly ModelLayer[], undefined> {
  if (order === undefined) return layers;
  const found =
    'from' in order ? await weightsOfModel(order.from, manifests, work) : yield* layersOfFiles(order.files, work);
  const [draft, ...more] = found;
  if (draft === undefined || more.length > 0) {
    throw new CorralError('bad_request', 'only one draft model is supported', {
      hint: 'A draft is one GGUF file, or the shards of one.',
    });
  }
  const weights = layers.filter(isBlobLayer).findLast(({ mediaType }) => mediaType === layerMediaType.model);
  if (weights !== undefined) await checkDraft(draft, weights, work);
  const { name: _, ...kept } = draft;
  return [
    ...layers.filter(({ mediaType }) => mediaType !== layerMediaType.draft),
    { ...kept, mediaType: layerMediaType.draft },
  ];
}

async function weightsOfModel(
  name: ModelName,
  manifests: Pick<ManifestStore, 'read'>,
  { blobs, hold }: CreateWork,
): Promise<readonly BlobLayer[]> {
  const stored = await manifests.read(name);
  if (stored === undefined) {
    throw new CorralError('model_not_found', `draft model '${displayName(name)}' not found`, {
      hint: 'Get it with `corral pull` first, or name a GGUF file.',
    });
  }
  const { layers } = await layersOfModel(stored, blobs, hold);
  return layers.filter(({ mediaType }) => mediaType === layerMediaType.model).slice(-1);
}

/** Guesses are token ids: they mean something to both models only where the vocabularies are the same. */
async function checkDraft(draft: BlobLayer, weights: BlobLayer, { blobs }: CreateWork): Promise<void> {
  if (draft.mediaType !== layerMediaType.model) {
    throw new CorralError('bad_request', 'the draft file is not a model', {
      hint: 'DRAFT wants a smaller model of the same family in GGUF format.',
    });
  }
  const read = ({ blob }: BlobLayer) => readHeader(blobs.path(blob.digest), 'read');
  const [draftHeader, header] = await Promise.all([read(draft), read(weights)]);
  const facts = modelFacts(draftHeader);
  if (facts.isEmbedding || facts.isRecurrent) {
    const kind = facts.isEmbedding ? 'makes embeddings' : 'cannot take tokens back';
    throw new CorralError('bad_request', `the draft model ${kind}, so it cannot guess text`);
  }
  const difference = vocabularyDifference(header, draftHeader);
  if (difference === undefined) return;
  throw new CorralError('bad_request', `the draft model has another vocabulary than the model: ${difference}`, {
    hint: 'A draft must be of the same family as its model: both must number their tokens alike.',
  });
}
