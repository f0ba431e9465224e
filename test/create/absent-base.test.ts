/** A base that is not installed is pulled first, here from a mirror on loopback. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRequestSchema } from '../../src/api/ollama/create-request.ts';
import { parseWire } from '../../src/api/wire-schema.ts';
import { layerMediaType, type ManifestLayer } from '../../src/formats/model-manifest.ts';
import { parseModelName } from '../../src/formats/model-name.ts';
import { configMediaType, printManifest } from '../../src/formats/print-manifest.ts';
import { createModel } from '../../src/usecases/create/create-model.ts';
import { noQuantiser } from '../../src/usecases/test-quantiser.ts';
import { startRegistry, type RegistryServer } from '../support/registry-server.ts';
import { digestOf, starterStore, type StarterStore } from '../support/starter-store.ts';
import { tinyModel } from '../support/tiny-model.ts';

let registry: RegistryServer;
let store: StarterStore;
beforeAll(async () => {
  registry = await startRegistry();
  const published = (mediaType: string, bytes: Uint8Array): ManifestLayer => {
    const digest = digestOf(bytes);
    registry.blobs.set(digest, Buffer.from(bytes));
    return { mediaType, digest, sizeBytes: bytes.length, from: undefined };
  };
  const config = published(configMediaType, Buffer.from('{"model_format":"gguf","renderer":"qwen3"}'));
  const layers = [published(layerMediaType.model, tinyModel()), published(layerMediaType.system, Buffer.from('far'))];
  registry.manifests.set('library/far:latest', Buffer.from(printManifest({ config, layers })));
  store = await starterStore(noQuantiser, { CORRAL_REGISTRY_MIRROR: `http://${registry.host}` });
});
afterAll(async () => {
  await store.remove();
  await registry.close();
});

async function make(from: string): Promise<{ readonly statuses: readonly string[]; readonly error: unknown }> {
  const order = parseWire(createRequestSchema, { model: 'near', from, license: 'MIT' });
  const statuses: string[] = [];
  try {
    for await (const { status } of createModel(order, store.parts, new AbortController().signal)) {
      const short = status.replace(/ (?:sha256:)?[0-9a-f]{12,64}$/, '');
      if (short !== statuses.at(-1)) statuses.push(short);
    }
    return { statuses, error: undefined };
  } catch (error) {
    return { statuses, error };
  }
}

test('the pull is told before the rest, and the model begins with what came', async () => {
  const { statuses, error } = await make('far');
  expect(error).toBeUndefined();
  expect(statuses).toEqual([
    'pulling manifest',
    'pulling',
    'verifying sha256 digest',
    'writing manifest',
    'using existing layer',
    'creating new layer',
    'writing manifest',
    'success',
  ]);
  const { manifest } = (await store.parts.manifests.read(parseModelName('near'))) ?? {};
  expect(manifest?.layers.map(({ mediaType, from }) => [mediaType.split('.').at(-1), from])).toEqual([
    ['model', 'far:latest'],
    ['system', 'far:latest'],
    ['license', undefined],
  ]);
  expect((await store.parts.store.open(parseModelName('near'))).config.renderer).toBe('qwen3');
});

test('one that nobody has is an error after the first line', async () => {
  const { statuses, error } = await make('nowhere');
  expect(statuses).toEqual(['pulling manifest']);
  expect(error).toMatchObject({ status: 500, message: 'pull model manifest: file does not exist' });
});
