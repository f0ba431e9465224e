/**
 * Makes a model of another one or of uploaded files. Its layers are settled first, without writing anything that only it needs; then
 * texts become blobs, and last the manifest makes the model appear. A hold keeps every blob in between from the clean-ups of this and
 * other processes. What fails or is cancelled leaves the store as it was.
 */
import type { CreateRequest } from '../../api/ollama/create-request.ts';
import { canceled } from '../../core/canceled.ts';
import { CorralError, toCorralError } from '../../core/corral-error.ts';
import type { Digest } from '../../formats/digest.ts';
import { recogniseTemplate } from '../../formats/chat-templates/recognise-template.ts';
import type { Gguf } from '../../formats/gguf/gguf.ts';
import { textOf } from '../../formats/gguf/gguf-values.ts';
import { goStructLine } from '../../formats/go-json.ts';
import { layerMediaType, type ModelConfig } from '../../formats/model-manifest.ts';
import { displayName } from '../../formats/model-name.ts';
import { configMediaType, printManifest, printModelConfig } from '../../formats/print-manifest.ts';
import { pullModel } from '../pull-model.ts';
import type { ProgressEvent } from '../progress-event.ts';
import type { UseCaseParts } from '../use-case-parts.ts';
import { changeLayers } from './change-layers.ts';
import { createOrder, type CreateOrder, type NamedBase, type SourceFile } from './create-order.ts';
import type { CreateWork } from './create-work.ts';
import { deriveConfig } from './derive-config.ts';
import { withDraft } from './draft-layer.ts';
import { inheritedParameters } from './inherited-parameters.ts';
import { layerOfAdapter, layersOfFiles } from './layers-of-files.ts';
import { layersOfModel } from './layers-of-model.ts';
import { isBlobLayer, type ModelLayer } from './model-layer.ts';
import { quantisedLayer } from './quantised-layer.ts';
import { settleLayer } from './settle-layer.ts';

interface Base {
  readonly layers: readonly ModelLayer[];
  /** Of the model that this begins with; undefined for an import. */
  readonly config: ModelConfig | undefined;
}

type Progress<Result> = AsyncGenerator<ProgressEvent, Result, undefined>;

/** Yields Ollama's statuses in their order. Throws what its steps throw; until the first event nothing has been written. */
export async function* createModel(request: CreateRequest, parts: UseCaseParts, signal: AbortSignal): Progress<void> {
  const order = createOrder(request);
  const hold = await parts.blobs.hold();
  const made = new Set<Digest>();
  const work: CreateWork = { blobs: parts.blobs, hold, signal, made, quantise: parts.quantise };
  try {
    const base =
      'from' in order.base
        ? yield* baseOfModel(order.base.from, parts, work)
        : yield* baseOfFiles(order.base.files, work);
    const adapters = yield* layerOfAdapter(order.adapters, headerOf(base.layers), work);
    const drafting = yield* withDraft([...base.layers, ...adapters], order.draft, parts.manifests, work);
    const layers = yield* quantisedLayers(drafting, order, work);
    const { config, parameters } = deriveConfig(base.config, order.changes, layers);
    const changed = changeLayers(layers, await inheritedParameters(layers, parts.blobs), {
      ...order.changes,
      parameters: { ...parameters, ...order.changes.parameters },
    });

    const settled = [];
    for (const layer of changed) {
      const { reference, status } = await settleLayer(layer, work);
      yield { status };
      settled.push(reference);
    }
    const configLayer = { mediaType: configMediaType, text: printModelConfig(config) };
    const { reference: configReference } = await settleLayer(configLayer, work);
    yield { status: 'writing manifest' };
    if (signal.aborted) throw canceled();
    await parts.manifests.write(order.name, printManifest({ config: configReference, layers: settled }));
    for (const { digest } of [configReference, ...settled]) made.delete(digest);
  } finally {
    await hold.release();
    if (made.size > 0) await removeLeftovers([...made], parts);
  }
  yield { status: 'success' };
}

/** What failed before is what the client should hear of. */
async function removeLeftovers(digests: readonly Digest[], { blobs, logger }: UseCaseParts): Promise<void> {
  try {
    await blobs.removeUnreferenced(digests);
  } catch (thrown) {
    logger.warn('blobs that were made in vain stay until the next start', { reason: toCorralError(thrown).message });
  }
}

/** A model that is not there is pulled first. */
async function* baseOfModel({ name, sent }: NamedBase, parts: UseCaseParts, work: CreateWork): Progress<Base> {
  let stored = await parts.manifests.read(name);
  if (stored === undefined) {
    for await (const event of pullModel({ model: sent, insecure: false }, parts, work.signal)) {
      // Of the pull, not of this work: clients take it for the end.
      if (event.status !== 'success') yield event;
    }
    stored = await parts.manifests.read(name);
  }
  if (stored === undefined) throw new CorralError('model_not_found', `model '${displayName(name)}' not found`);
  return layersOfModel(stored, work.blobs, work.hold);
}

async function* baseOfFiles(files: readonly SourceFile[], work: CreateWork): Progress<Base> {
  const layers = yield* layersOfFiles(files, work);
  if (!layers.some(({ mediaType }) => mediaType === layerMediaType.model)) {
    throw new CorralError('bad_request', 'the files hold no model', {
      hint: 'Projectors and adapters only work together with the model that they were made for.',
    });
  }
  const templates = layers.flatMap(({ gguf }) => {
    const jinja = gguf && textOf(gguf, 'tokenizer.chat_template');
    return jinja ? templateLayers(jinja) : [];
  });
  return { layers: [...layers, ...templates], config: undefined };
}

/** For a known chat template its Go template and where an answer stops. */
function templateLayers(jinja: string): readonly ModelLayer[] {
  const recognised = recogniseTemplate(jinja);
  if (recognised === undefined) return [];
  const { name, template, stop } = recognised;
  const status = `using autodetected template ${name}`;
  return [
    { mediaType: layerMediaType.template, text: template, status },
    { mediaType: layerMediaType.params, text: goStructLine({ stop }) },
  ];
}

async function* quantisedLayers(
  layers: readonly ModelLayer[],
  { quantisation, mayRequantise, draft }: CreateOrder,
  work: CreateWork,
): Progress<readonly ModelLayer[]> {
  const wanted = new Map<string, string>([
    [layerMediaType.model, quantisation],
    [layerMediaType.draft, draft?.quantisation ?? ''],
  ]);
  const result: ModelLayer[] = [];
  for (const layer of layers) {
    const { gguf } = isBlobLayer(layer) ? layer : {};
    const type = wanted.get(layer.mediaType) ?? '';
    const isToChange = type !== '' && isBlobLayer(layer) && gguf !== undefined;
    result.push(isToChange ? yield* quantisedLayer({ ...layer, gguf }, { type, mayRequantise }, work) : layer);
  }
  return result;
}

function headerOf(layers: readonly ModelLayer[]): Gguf | undefined {
  return layers.filter(isBlobLayer).find(({ mediaType }) => mediaType === layerMediaType.model)?.gguf;
}
