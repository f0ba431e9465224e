import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manifestBytes, storeFolder, type StoreFolder } from '../../store/test-store-folder.ts';
import { parseModelName } from '../../formats/model-name.ts';
import { says } from '../../usecases/test-runner.ts';
import { send, startTestServer, type TestServer } from '../test-server.ts';

let folder: StoreFolder;
let server: TestServer;
beforeEach(async () => {
  folder = await storeFolder();
  const [config, layer] = [await folder.add('{}'), await folder.add('layer')];
  await folder.manifests.write(parseModelName('model'), manifestBytes(config, [layer]));
  server = await startTestServer({ script: says([]), environment: { OLLAMA_MODELS: folder.modelsDir } });
});
afterEach(async () => {
  await server.close();
  await folder.remove();
});

const copy = (body: object) => send(server.port, '/api/copy', { body });
const remove = (body: unknown) => send(server.port, '/api/delete', { method: 'DELETE', body });
const errorOf = (text: string) => (JSON.parse(text) as { error: string }).error;

describe('copying', () => {
  it('answers with 200 and nothing', async () => {
    expect(await copy({ source: 'model', destination: 'me/copy:v2' })).toMatchObject({ status: 200, text: '' });
    expect(await folder.manifestFiles()).toEqual([
      'registry.ollama.ai/library/model/latest',
      'registry.ollama.ai/me/copy/v2',
    ]);
  });

  it('finds the model in any case, and uses the folders that are there', async () => {
    expect((await copy({ source: 'MODEL', destination: 'Library/Model:Other' })).status).toBe(200);
    expect(await folder.manifestFiles()).toEqual([
      'registry.ollama.ai/library/model/Other',
      'registry.ollama.ai/library/model/latest',
    ]);
  });

  const refused = [
    [
      'a source that is no name',
      { source: 'bad name!', destination: 'also bad!' },
      400,
      'source "bad name!" is invalid',
    ],
    ['a destination that is no name', { source: 'none', destination: '../up' }, 400, 'destination "../up" is invalid'],
    ['no source', { destination: 'copy' }, 400, 'source "" is invalid'],
    ['a source that is not there', { source: 'None', destination: 'copy' }, 404, 'model "None" not found'],
  ] as const;
  for (const [what, body, status, error] of refused) {
    it(`refuses ${what}`, async () => {
      const reply = await copy(body);
      expect({ status: reply.status, error: errorOf(reply.text) }).toEqual({ status, error });
      expect(await folder.manifestFiles()).toHaveLength(1);
    });
  }

  it('of a model whose layer is gone is an error that names no path', async () => {
    const stored = await folder.manifests.read(parseModelName('model'));
    const [layer] = stored?.manifest.layers ?? [];
    if (layer === undefined) throw new Error('the model has a layer');
    await rm(folder.blobs.path(layer.digest));
    const reply = await copy({ source: 'model', destination: 'copy' });
    expect(reply.status).toBe(500);
    expect(errorOf(reply.text)).toBe(`blob ${layer.digest} of 5 bytes is not in the store`);
  });
});

describe('deleting', () => {
  it('answers with 200 and nothing, and the layers are gone', async () => {
    expect(await remove({ name: 'Model:latest' })).toMatchObject({ status: 200, text: '' });
    expect(await folder.manifestFiles()).toEqual([]);
    expect(await folder.blobFiles()).toEqual([]);
  });

  it("removes the entry of one of Ollama's cloud models", async () => {
    await copy({ source: 'model', destination: 'far:8b-cloud' });
    expect((await remove({ model: 'far:8b-cloud' })).status).toBe(200);
    expect(await folder.manifestFiles()).toHaveLength(1);
  });

  const refused = [
    ['a name that is none', { model: 'bad name!' }, 400, 'name "bad name!" is invalid'],
    ['a name that climbs out', { model: '../../etc/passwd' }, 400, 'name "../../etc/passwd" is invalid'],
    ['no name', { model: '' }, 400, 'model is required'],
    ['no body', '', 400, 'missing request body'],
    ['two suffixes', { model: 'm:local:cloud' }, 400, 'use either :local or :cloud, not both: "m:local:cloud"'],
    ['what is not there', { model: 'None' }, 404, "model 'None' not found"],
  ] as const;
  for (const [what, body, status, error] of refused) {
    it(`refuses ${what}`, async () => {
      const reply = await remove(body);
      expect({ status: reply.status, error: errorOf(reply.text) }).toEqual({ status, error });
      expect(await folder.manifestFiles()).toHaveLength(1);
    });
  }
});
