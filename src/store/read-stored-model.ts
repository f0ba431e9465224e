/**
 * From a manifest file to a model: first the entry that listings need (manifest and config), then the whole model with its texts
 * read and its weights checked to be there in full. A hash over gigabytes at every load is not worth its seconds; the size already
 * tells a download or copy that broke off.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { CorralError } from '../core/corral-error.ts';
import { displayName } from '../formats/model-name.ts';
import {
  layerMediaType,
  maxConfigBytes,
  maxManifestBytes,
  parseManifest,
  parseModelConfig,
  type ManifestLayer,
  type ModelManifest,
} from '../formats/model-manifest.ts';
import type { ManifestFile } from './find-manifests.ts';
import { readSmallFile } from './read-small-file.ts';
import { isAbsent, readFault } from './store-fault.ts';
import { blobPath } from './store-layout.ts';
import type { StoredMessage, StoredModel, StoredModelEntry } from './stored-model.ts';

// Licences and templates have up to 100 KB; a conversation stored with a model may have more. Nothing here should fill the memory.
const maxTextBytes = 16 * 1024 * 1024;

const repairHint = 'Pull or create this model again; until then the other models work.';

/** The listing entry of a manifest. Throws `store_read`, or `model_not_found` when the file is gone. */
export async function readEntry(modelsDir: string, file: ManifestFile): Promise<StoredModelEntry> {
  return (await readManifest(modelsDir, file)).entry;
}

/** The whole model of a manifest. Throws `store_read` (damaged or missing blob), `model_not_found` or `not_supported` (no weights). */
export async function readStoredModel(modelsDir: string, file: ManifestFile): Promise<StoredModel> {
  const { entry, manifest } = await readManifest(modelsDir, file);
  const model = displayName(file.name);

  const layersOf = (...types: string[]): ManifestLayer[] =>
    manifest.layers.filter((layer) => types.includes(layer.mediaType));
  const pathsOf = (type: string): Promise<string[]> =>
    Promise.all(layersOf(type).map((layer) => wholeBlobPath(modelsDir, model, layer)));
  const textsOf = (...types: string[]): Promise<string[]> =>
    Promise.all(layersOf(...types).map((layer) => readText(modelsDir, model, layer)));

  const [modelPaths, projectorPaths, adapterPaths, draftPaths] = await Promise.all([
    pathsOf(layerMediaType.model),
    pathsOf(layerMediaType.projector),
    pathsOf(layerMediaType.adapter),
    pathsOf(layerMediaType.draft),
  ]);
  const modelPath = modelPaths.at(-1);
  const draftPath = draftPaths.at(-1);
  if (modelPath === undefined) {
    throw new CorralError('not_supported', `model '${model}' has no GGUF weights`, {
      hint: 'Only models with a GGUF file can run here; cloud models and unconverted safetensors cannot.',
    });
  }
  const [templates, systems, licenses, params, messages] = await Promise.all([
    textsOf(layerMediaType.template, layerMediaType.oldTemplate),
    textsOf(layerMediaType.system),
    textsOf(layerMediaType.license),
    textsOf(layerMediaType.params),
    textsOf(layerMediaType.messages),
  ]);
  return {
    ...entry,
    modelPath,
    projectorPaths,
    adapterPaths,
    ...(draftPath !== undefined && { draftPath }),
    // Of a kind that a model has once, the last layer counts.
    template: templates.at(-1),
    system: systems.at(-1),
    licenses,
    params: Object.assign({}, ...params.map((text) => parseParams(model, text))) as Record<string, unknown>,
    messages: parseMessages(model, messages.at(-1)),
  };
}

async function readManifest(
  modelsDir: string,
  file: ManifestFile,
): Promise<{ entry: StoredModelEntry; manifest: ModelManifest }> {
  const model = displayName(file.name);
  const { bytes, modifiedAt } = await readSmallFile(file.path, maxManifestBytes).catch((error: unknown) => {
    if (isAbsent(error)) throw modelNotFound(model);
    throw damaged(model, 'its manifest', error);
  });
  const manifest = within(model, 'its manifest', () => parseManifest(bytes));
  const config = await readBlob(modelsDir, model, manifest.config, maxConfigBytes);
  const parentModel = manifest.layers.findLast(({ mediaType }) => mediaType === layerMediaType.model)?.from;
  const entry: StoredModelEntry = {
    name: file.name,
    manifestDigest: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: manifest.layers.reduce((sum, layer) => sum + layer.sizeBytes, manifest.config.sizeBytes),
    modifiedAt,
    config: within(model, `its config ${manifest.config.digest}`, () => parseModelConfig(config)),
    ...(parentModel !== undefined && { parentModel }),
  };
  return { entry, manifest };
}

/** The error for a model that isn't there; the text is the one clients know. */
export function modelNotFound(model: string): CorralError {
  return new CorralError('model_not_found', `model '${model}' not found`, {
    hint: 'Look at the installed models with `corral list`; get one with `corral pull`.',
  });
}

async function readText(modelsDir: string, model: string, layer: ManifestLayer): Promise<string> {
  return (await readBlob(modelsDir, model, layer, maxTextBytes)).toString('utf8');
}

async function readBlob(modelsDir: string, model: string, layer: ManifestLayer, maxBytes: number): Promise<Buffer> {
  const { bytes } = await readSmallFile(blobPath(modelsDir, layer.digest), maxBytes).catch((error: unknown) => {
    throw blobFault(model, layer, error);
  });
  checkSize(model, layer, bytes.length);
  return bytes;
}

/** The path of a blob that is there in full. */
async function wholeBlobPath(modelsDir: string, model: string, layer: ManifestLayer): Promise<string> {
  const path = blobPath(modelsDir, layer.digest);
  const found = await stat(path).catch((error: unknown) => {
    throw blobFault(model, layer, error);
  });
  if (!found.isFile()) throw damaged(model, `blob ${layer.digest}`, new CorralError('store_read', 'not a plain file'));
  checkSize(model, layer, found.size);
  return path;
}

function checkSize(model: string, layer: ManifestLayer, sizeBytes: number): void {
  if (sizeBytes === layer.sizeBytes) return;
  const message = `has ${sizeBytes} bytes instead of ${layer.sizeBytes}`;
  throw damaged(model, `blob ${layer.digest}`, new CorralError('store_read', message));
}

function blobFault(model: string, layer: ManifestLayer, error: unknown): CorralError {
  if (!isAbsent(error)) return damaged(model, `blob ${layer.digest}`, error);
  return new CorralError('store_read', `model '${model}': blob ${layer.digest} is missing`, {
    hint: repairHint,
    cause: error,
  });
}

function parseParams(model: string, text: string): Record<string, unknown> {
  const params = within(model, 'its params', (): unknown => JSON.parse(text));
  if (typeof params === 'object' && params !== null && !Array.isArray(params)) return { ...params };
  throw damaged(model, 'its params', new CorralError('store_read', 'not a JSON object'));
}

function parseMessages(model: string, text: string | undefined): StoredMessage[] {
  if (text === undefined) return [];
  const messages = within(model, 'its messages', (): unknown => JSON.parse(text)) ?? [];
  if (Array.isArray(messages) && messages.every(isMessage)) {
    return messages.map(({ role, content }) => ({ role, content }));
  }
  throw damaged(model, 'its messages', new CorralError('store_read', 'not a list of messages'));
}

function isMessage(value: unknown): value is StoredMessage {
  if (typeof value !== 'object' || value === null || !('role' in value) || !('content' in value)) return false;
  return typeof value.role === 'string' && typeof value.content === 'string';
}

function within<Value>(model: string, what: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    throw damaged(model, what, error);
  }
}

/** `what` of a model is no good. Only a typed error's own text is passed on: a foreign one may hold a path or the input. */
function damaged(model: string, what: string, error: unknown): CorralError {
  const typed = error instanceof SyntaxError ? new CorralError('store_read', 'not JSON') : readFault('it', error);
  return new CorralError('store_read', `model '${model}': ${what} is damaged: ${typed.message}`, {
    hint: typed.hint ?? repairHint,
    cause: error,
  });
}
