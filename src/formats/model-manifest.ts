/**
 * The two JSON documents that describe a model: its manifest (which blobs it is made of) and the manifest's config blob (what
 * listings tell about it). Both may come from a registry or another program's store, so neither is trusted: unknown keys are
 * ignored as newer versions add some, everything that is used is checked.
 */
import { z } from 'zod';
import { CorralError } from '../core/corral-error.ts';
import { parseDigest, type Digest } from './digest.ts';

export interface ManifestLayer {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** The model this layer was taken from, as it was named then. */
  readonly from: string | undefined;
  /** Of a tensor or file in a model that is stored in many layers. */
  readonly name?: string;
}

export interface ModelManifest {
  readonly config: ManifestLayer;
  readonly layers: readonly ManifestLayer[];
}

export interface ModelConfig {
  readonly modelFormat: string;
  readonly modelFamily: string;
  readonly modelFamilies: readonly string[];
  /** Parameter count as text: `134.52M`. */
  readonly modelType: string;
  /** Quantisation as text: `Q4_1`. */
  readonly fileType: string;
  readonly renderer?: string;
  readonly parser?: string;
  readonly requires?: string;
  readonly capabilities?: readonly string[];
  readonly contextLength?: number;
  readonly embeddingLength?: number;
  readonly remoteHost?: string;
  readonly remoteModel?: string;
  readonly baseName?: string;
  readonly draft?: { readonly modelFormat: string; readonly architecture: string };
}

/** What a layer's blob is, by its media type. Types that are not here are carried along and not read. */
export const layerMediaType = {
  model: 'application/vnd.ollama.image.model',
  projector: 'application/vnd.ollama.image.projector',
  adapter: 'application/vnd.ollama.image.adapter',
  template: 'application/vnd.ollama.image.template',
  /** What templates were called in 2023. */
  oldTemplate: 'application/vnd.ollama.image.prompt',
  system: 'application/vnd.ollama.image.system',
  params: 'application/vnd.ollama.image.params',
  messages: 'application/vnd.ollama.image.messages',
  license: 'application/vnd.ollama.image.license',
  /** A small model that guesses ahead of the large one. */
  draft: 'application/vnd.ollama.image.draft',
} as const;

/** Registries refuse manifests above 4 MiB; the largest in use, one layer per tensor, have a few hundred KiB. */
export const maxManifestBytes = 4 * 1024 * 1024;

/** A config is a dozen short fields. */
export const maxConfigBytes = 1024 * 1024;

const layerSchema = z
  .object({
    mediaType: z.string(),
    digest: z.string(),
    size: z.int().nonnegative(),
    from: z.string().nullish(),
    name: z.string().nullish(),
  })
  .transform((layer, context): ManifestLayer => {
    const digest = parseDigest(layer.digest);
    if (digest === undefined) {
      context.addIssue({ code: 'custom', message: 'not a sha256 digest', path: ['digest'] });
      return z.NEVER;
    }
    return {
      mediaType: layer.mediaType,
      digest,
      sizeBytes: layer.size,
      from: layer.from || undefined,
      ...(layer.name ? { name: layer.name } : {}),
    };
  });

const manifestSchema = z.object({
  config: layerSchema,
  layers: z.array(layerSchema).nullish(),
});

// Go writes an empty list as null.
const text = z.string().nullish();
const texts = z.array(z.string()).nullish();
const count = z.int().nonnegative().nullish();

const configSchema = z.object({
  model_format: text,
  model_family: text,
  model_families: texts,
  model_type: text,
  file_type: text,
  renderer: text,
  parser: text,
  requires: text,
  capabilities: texts,
  context_length: count,
  embedding_length: count,
  remote_host: text,
  remote_model: text,
});

/** A manifest from its bytes. Throws `store_read`. */
export function parseManifest(bytes: Uint8Array): ModelManifest {
  const { config, layers } = parseDocument('manifest', manifestSchema, bytes, maxManifestBytes);
  return { config, layers: layers ?? [] };
}

/** A manifest's config blob from its bytes; absent texts are empty, other absent fields are left out. Throws `store_read`. */
export function parseModelConfig(bytes: Uint8Array): ModelConfig {
  const config = parseDocument('model config', configSchema, bytes, maxConfigBytes);
  return {
    modelFormat: config.model_format ?? '',
    modelFamily: config.model_family ?? '',
    modelFamilies: config.model_families ?? [],
    modelType: config.model_type ?? '',
    fileType: config.file_type ?? '',
    ...(config.renderer ? { renderer: config.renderer } : {}),
    ...(config.parser ? { parser: config.parser } : {}),
    ...(config.requires ? { requires: config.requires } : {}),
    ...(config.capabilities?.length ? { capabilities: config.capabilities } : {}),
    ...(config.context_length ? { contextLength: config.context_length } : {}),
    ...(config.embedding_length ? { embeddingLength: config.embedding_length } : {}),
    ...(config.remote_host ? { remoteHost: config.remote_host } : {}),
    ...(config.remote_model ? { remoteModel: config.remote_model } : {}),
  };
}

function parseDocument<Schema extends z.ZodType>(
  what: string,
  schema: Schema,
  bytes: Uint8Array,
  maxBytes: number,
): z.output<Schema> {
  if (bytes.byteLength > maxBytes) {
    throw new CorralError('store_read', `invalid ${what}: larger than ${maxBytes} bytes`);
  }
  const parsed = schema.safeParse(parseJson(what, bytes));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw new CorralError('store_read', `invalid ${what}: ${where}${issue?.message ?? 'unexpected contents'}`);
}

function parseJson(what: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    // The parser's own text quotes the input, which may be anything.
    throw new CorralError('store_read', `invalid ${what}: not JSON`, { cause: error });
  }
}
