/** For tests: a store in a temporary folder whose models have the weights of a starter model and layers of their own. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../core/logger.ts';
import type { BlobStore } from '../store/blob-store.ts';
import { createBlobStore } from '../store/create-blob-store.ts';
import { createManifestStore } from '../store/create-manifest-store.ts';
import type { ManifestStore } from '../store/manifest-store.ts';
import { openModelStore } from '../store/model-store.ts';
import type { ModelStore } from '../store/stored-model.ts';

const starterDir = fileURLToPath(new URL('../../starter', import.meta.url));
const manifestFolder = ['manifests', 'registry.ollama.ai', 'library'];

export interface LayerTexts {
  readonly template?: string;
  readonly system?: string;
  readonly params?: object;
  readonly messages?: readonly object[];
}

export interface TemporaryStore {
  readonly modelsDir: string;
  readonly store: ModelStore;
  readonly blobs: BlobStore;
  readonly manifests: ManifestStore;
  /** Adds `name:latest` with the weights of smollm2; `config` goes over its config's fields. */
  add(name: string, layers: LayerTexts, config?: object): Promise<void>;
  remove(): Promise<void>;
}

interface Layer {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export async function temporaryStore(): Promise<TemporaryStore> {
  const modelsDir = await mkdtemp(join(tmpdir(), 'corral-store-'));
  await mkdir(join(modelsDir, 'blobs'));
  const source = JSON.parse(await readFile(join(starterDir, ...manifestFolder, 'smollm2', '135m'), 'utf8')) as {
    readonly config: Layer;
    readonly layers: readonly Layer[];
  };
  const blobFile = (dir: string, digest: string) => join(dir, 'blobs', digest.replace(':', '-'));
  const weights = source.layers.filter(({ mediaType }) => mediaType.endsWith('.model'));
  for (const { digest } of [source.config, ...weights])
    await symlink(blobFile(starterDir, digest), blobFile(modelsDir, digest));

  async function textLayer(kind: string, text: string): Promise<Layer> {
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    const file = blobFile(modelsDir, digest);
    await writeFile(file, text);
    return { mediaType: `application/vnd.ollama.image.${kind}`, digest, size: (await stat(file)).size };
  }

  const blobs = createBlobStore({ modelsDir, logger: silentLogger });
  async function configLayer(fields: object): Promise<Layer> {
    const own = JSON.parse(await readFile(blobFile(modelsDir, source.config.digest), 'utf8')) as object;
    return {
      ...(await textLayer('config', JSON.stringify({ ...own, ...fields }))),
      mediaType: source.config.mediaType,
    };
  }

  return {
    modelsDir,
    store: openModelStore({ modelsDir, logger: silentLogger }),
    blobs,
    manifests: createManifestStore({ modelsDir, blobs, noPrune: false, logger: silentLogger }),
    async add(name, texts, config) {
      const layers = [...weights];
      const manifest = config === undefined ? source : { ...source, config: await configLayer(config) };
      for (const [kind, value] of Object.entries(texts)) {
        layers.push(await textLayer(kind, typeof value === 'string' ? value : JSON.stringify(value)));
      }
      const folder = join(modelsDir, ...manifestFolder, name);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'latest'), JSON.stringify({ ...manifest, layers }));
    },
    remove: () => rm(modelsDir, { recursive: true, force: true }),
  };
}
