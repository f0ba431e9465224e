import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger, silentLogger } from '../core/logger.ts';
import { displayName, parseModelName } from '../formats/model-name.ts';
import { openModelStore } from './model-store.ts';
import type { ModelStore } from './stored-model.ts';

const starterDir = fileURLToPath(new URL('../../starter', import.meta.url));
const typePrefix = 'application/vnd.ollama.image.';

let modelsDir: string;
let logLines: string[];
let store: ModelStore;
beforeEach(async () => {
  modelsDir = await mkdtemp(join(tmpdir(), 'corral-store-'));
  logLines = [];
  store = openModelStore({ modelsDir, logger: createLogger('debug', (line) => logLines.push(line)) });
});
afterEach(() => rm(modelsDir, { recursive: true }));

async function writeAt(path: string, contents: string): Promise<string> {
  const full = join(modelsDir, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, contents);
  return full;
}

function digestOf(contents: string): string {
  return `sha256:${createHash('sha256').update(contents).digest('hex')}`;
}

const blobOf = (contents: string): string => join(modelsDir, 'blobs', digestOf(contents).replace(':', '-'));

async function writeBlob(type: string, contents: string): Promise<object> {
  await writeAt(`blobs/${digestOf(contents).replace(':', '-')}`, contents);
  return { mediaType: typePrefix + type, digest: digestOf(contents), size: Buffer.byteLength(contents) };
}

const configText = '{"model_format":"gguf","model_family":"llama","model_type":"1B","file_type":"F16"}';

/** Writes a model made of these layers, `model` first among them unless it is given; returns its manifest's text. */
async function writeModel(
  path: string,
  layers: [type: string, contents: string][] = [['model', 'weights']],
): Promise<string> {
  const written: object[] = [];
  for (const [type, contents] of layers) written.push(await writeBlob(type, contents));
  const config = await writeBlob('config', configText);
  const manifest = JSON.stringify({ schemaVersion: 2, config, layers: written }) + '\n';
  await writeAt(`manifests/${path}`, manifest);
  return manifest;
}

const library = 'registry.ollama.ai/library';
const open = (text: string) => store.open(parseModelName(text));

describe('the starter store', () => {
  it('lists its models with the facts that clients know', async () => {
    const list = await openModelStore({ modelsDir: starterDir, logger: silentLogger }).list();
    const byName = list.toSorted((left, right) => (displayName(left.name) < displayName(right.name) ? -1 : 1));
    const facts = byName.map(({ name, manifestDigest, sizeBytes, config }) => [
      displayName(name),
      manifestDigest.slice(0, 12),
      sizeBytes,
      config,
    ]);
    expect(facts).toEqual([
      [
        'all-minilm:latest',
        expect.stringMatching(/^[0-9a-f]{12}$/),
        45_949_216 + 148,
        { modelFormat: 'gguf', modelFamily: 'bert', modelFamilies: ['bert'], modelType: '22.57M', fileType: 'F16' },
      ],
      [
        'smollm2:135m',
        expect.stringMatching(/^[0-9a-f]{12}$/),
        98_362_432 + 152 + 102 + 59,
        { modelFormat: 'gguf', modelFamily: 'llama', modelFamilies: ['llama'], modelType: '134.52M', fileType: 'Q4_1' },
      ],
    ]);
  });

  it('opens a model with its texts', async () => {
    const starter = openModelStore({ modelsDir: starterDir, logger: silentLogger });
    const model = await starter.open(parseModelName('SMOLLM2:135M'));
    expect(displayName(model.name)).toBe('smollm2:135m');
    expect(model.template).toContain('<|im_start|>{{ .Role }}');
    expect(model.params).toEqual({ stop: ['<|im_start|>', '<|im_end|>'] });
    expect(model).toMatchObject({
      system: undefined,
      licenses: [],
      messages: [],
      adapterPaths: [],
      projectorPaths: [],
    });
    expect(model.modelPath).toBe(
      join(starterDir, 'blobs/sha256-b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53'),
    );
  });

  it('reads headers, with arrays only when they are wanted', async () => {
    const starter = openModelStore({ modelsDir: starterDir, logger: silentLogger });
    const model = await starter.open(parseModelName('smollm2:135m'));
    const [header, again, full] = [
      await starter.header(model),
      await starter.header(model),
      await starter.fullHeader(model),
    ];
    expect(again).toBe(header);
    expect(header.metadata.get('general.architecture')).toBe('llama');
    expect(header.metadata.get('tokenizer.ggml.tokens')).toMatchObject({ length: 49_152, values: undefined });
    expect(full.metadata.get('tokenizer.ggml.tokens')).toHaveProperty('values.length', 49_152);
  });
});

describe('the header of weights that are no GGUF', () => {
  it('is the typed error, and read anew once the file is another', async () => {
    await writeModel(`${library}/m/latest`);
    const model = await open('m');
    await expect(store.header(model)).rejects.toMatchObject({ code: 'bad_gguf' });
    await expect(store.fullHeader(model)).rejects.toMatchObject({ code: 'bad_gguf' });
    await rm(model.modelPath);
    await expect(store.header(model)).rejects.toMatchObject({
      code: 'store_read',
      message: "the weights of model 'm:latest' can't be read (ENOENT)",
    });
  });
});

describe('a list', () => {
  it('is empty without a store', async () => {
    await rm(modelsDir, { recursive: true });
    expect(await store.list()).toEqual([]);
    await mkdir(modelsDir);
    expect(await store.list()).toEqual([]);
  });

  it('has the newest first and keeps the case of names', async () => {
    await writeModel(`${library}/old/latest`);
    await writeModel('hf.co/User/Repo-GGUF/Q4_K_M');
    await writeModel('localhost:5000/team/b/v1');
    await utimes(join(modelsDir, 'manifests', library, 'old/latest'), 1, 1_000);
    await utimes(join(modelsDir, 'manifests/hf.co/User/Repo-GGUF/Q4_K_M'), 1, 3_000);
    await utimes(join(modelsDir, 'manifests/localhost:5000/team/b/v1'), 1, 2_000);
    const list = await store.list();
    expect(list.map((entry) => [displayName(entry.name), entry.modifiedAt.getTime()])).toEqual([
      ['hf.co/User/Repo-GGUF:Q4_K_M', 3_000_000],
      ['localhost:5000/team/b:v1', 2_000_000],
      ['old:latest', 1_000_000],
    ]);
    expect(logLines).toEqual([]);
  });

  it('has the digest of the manifest as it lies there', async () => {
    const manifest = await writeModel(`${library}/m/latest`);
    expect((await store.list())[0]?.manifestDigest).toBe(createHash('sha256').update(manifest).digest('hex'));
  });

  it('leaves out what is damaged and says so, without paths', async () => {
    await writeModel(`${library}/good/latest`);
    await writeAt(`manifests/${library}/half/latest`, '{"config":');
    await writeAt(
      `manifests/${library}/noconfig/latest`,
      JSON.stringify({
        config: JSON.parse('{"mediaType":"","digest":"sha256:' + 'e'.repeat(64) + '","size":3}') as unknown,
      }),
    );
    await writeAt(`manifests/${library}/huge/latest`, ' '.repeat(5 * 1024 * 1024));
    expect((await store.list()).map((entry) => entry.name.model)).toEqual(['good']);
    const log = logLines.sort().join('');
    expect(logLines.length).toBe(3);
    expect(log).toContain("model 'half:latest': its manifest is damaged: invalid manifest: not JSON");
    expect(log).toContain(`model 'noconfig:latest': blob sha256:${'e'.repeat(64)} is missing`);
    expect(log).toContain("model 'huge:latest': its manifest is damaged: larger than 4194304 bytes");
    expect(log).not.toContain(modelsDir);
  });

  it('passes over what is no model: other depths, hidden files, folders, names that cannot be', async () => {
    await writeModel(`${library}/m/latest`);
    await writeAt('manifests/note.txt', 'x');
    await writeAt(`manifests/${library}/note.txt`, 'x');
    await writeAt(`manifests/${library}/m/.DS_Store`, 'x');
    await writeAt(`manifests/${library}/m/.latest.tmp`, 'x');
    await writeAt(`manifests/${library}/m/a b`, 'x');
    await writeAt(`manifests/${library}/m/deeper/file`, 'x');
    await writeAt('manifests/-host/n/m/t', 'x');
    await symlink('/nowhere', join(modelsDir, 'manifests', library, 'm/dangling'));
    expect((await store.list()).map((entry) => displayName(entry.name))).toEqual(['m:latest']);
    expect(logLines).toEqual([]);
  });

  it('follows links, as people move stores to other disks', async () => {
    await writeModel(`${library}/m/latest`);
    const moved = join(modelsDir, 'moved');
    await mkdir(moved);
    await symlink(join(modelsDir, 'manifests'), join(moved, 'manifests'));
    await symlink(join(modelsDir, 'blobs'), join(moved, 'blobs'));
    const list = await openModelStore({ modelsDir: moved, logger: silentLogger }).list();
    expect(list.map((entry) => entry.name.model)).toEqual(['m']);
  });
});

describe('opening a model', () => {
  it('reads every kind of layer', async () => {
    await writeModel(`${library}/m/latest`, [
      ['model', 'weights'],
      ['projector', 'eyes'],
      ['adapter', 'first'],
      ['adapter', 'second'],
      ['prompt', 'the old kind of template'],
      ['system', 'be kind'],
      ['params', '{"temperature":0.5,"stop":["a"]}'],
      ['messages', '[{"role":"user","content":"hi","images":null}]'],
      ['license', 'MIT'],
      ['license', 'and more'],
      ['embed', 'no longer used'],
    ]);
    expect(await open('m')).toMatchObject({
      modelPath: blobOf('weights'),
      projectorPaths: [blobOf('eyes')],
      adapterPaths: [blobOf('first'), blobOf('second')],
      template: 'the old kind of template',
      system: 'be kind',
      params: { temperature: 0.5, stop: ['a'] },
      messages: [{ role: 'user', content: 'hi' }],
      licenses: ['MIT', 'and more'],
      config: { modelFamily: 'llama' },
    });
  });

  it('finds a name in any case, and prefers the case that was asked for', async () => {
    await writeModel(`${library}/Model/Latest`, [['model', 'one']]);
    expect((await open('mODEL')).name).toMatchObject({ model: 'Model', tag: 'Latest' });
    await writeModel(`${library}/model/latest`, [['model', 'two']]);
    expect((await open('model')).modelPath).toBe(blobOf('two'));
    expect((await open('Model:Latest')).modelPath).toBe(blobOf('one'));
    expect((await open('MODEL:LATEST')).name.model).toBe('Model');
  });

  it('finds a tag beside a folder that differs in case alone', async () => {
    await writeModel(`${library}/M/a`, [['model', 'one']]);
    await writeModel(`${library}/m/b`, [['model', 'two']]);
    expect((await open('m:a')).modelPath).toBe(blobOf('one'));
    expect((await open('M:b')).modelPath).toBe(blobOf('two'));
  });

  it.each(['absent', 'm:other', 'someone/m', 'host.test/library/m'])('says that %s is not there', async (text) => {
    await writeModel(`${library}/m/latest`);
    await expect(open(text)).rejects.toMatchObject({
      code: 'model_not_found',
      status: 404,
      message: `model '${displayName(parseModelName(text))}' not found`,
    });
  });

  it('names the blob that is missing, and no path', async () => {
    await writeModel(`${library}/m/latest`);
    await rm(blobOf('weights'));
    await expect(open('m')).rejects.toMatchObject({
      code: 'store_read',
      message: `model 'm:latest': blob ${digestOf('weights')} is missing`,
      hint: 'Pull or create this model again; until then the other models work.',
    });
  });

  it('remembers an opened model until its manifest or its weights change', async () => {
    const layers = (system: string): [string, string][] => [
      ['model', 'weights'],
      ['system', system],
    ];
    await writeModel(`${library}/m/latest`, layers('be kind'));
    const first = await open('m');
    expect(await open('m')).toBe(first);
    await writeModel(`${library}/m/latest`, layers('be brief, and kind'));
    expect(await open('m')).toMatchObject({ system: 'be brief, and kind' });
    await truncate(blobOf('weights'), 3);
    await expect(open('m')).rejects.toMatchObject({ code: 'store_read' });
    await rm(join(modelsDir, 'manifests'), { recursive: true });
    await expect(open('m')).rejects.toMatchObject({ code: 'model_not_found' });
  });

  it('sees a blob that was cut off', async () => {
    await writeModel(`${library}/m/latest`, [
      ['model', 'weights'],
      ['system', 'be kind'],
    ]);
    await truncate(blobOf('weights'), 3);
    const cutOff = (digest: string, has: number): object => ({
      code: 'store_read',
      message: `model 'm:latest': blob ${digest} is damaged: has ${has} bytes instead of 7`,
    });
    await expect(open('m')).rejects.toMatchObject(cutOff(digestOf('weights'), 3));
    await writeFile(blobOf('weights'), 'weights');
    await truncate(blobOf('be kind'), 0);
    await expect(open('m')).rejects.toMatchObject(cutOff(digestOf('be kind'), 0));
  });

  const damages: [type: string, contents: string, message: string][] = [
    ['params', '{', "model 'm:latest': its params is damaged: not JSON"],
    ['params', '[]', "model 'm:latest': its params is damaged: not a JSON object"],
    ['messages', '{}', "model 'm:latest': its messages is damaged: not a list of messages"],
    ['messages', '[{"role":"user"}]', "model 'm:latest': its messages is damaged: not a list of messages"],
  ];
  it.each(damages)('tells of a layer %s that holds %s', async (type, contents, message) => {
    await writeModel(`${library}/m/latest`, [
      ['model', 'weights'],
      [type, contents],
    ]);
    await expect(open('m')).rejects.toMatchObject({ code: 'store_read', message });
  });

  it('tells of a model without weights', async () => {
    await writeModel(`${library}/m/latest`, [['tensor', 'x']]);
    await expect(open('m')).rejects.toMatchObject({
      code: 'not_supported',
      message: "model 'm:latest' has no GGUF weights",
    });
  });

  it('does not wait for a pipe that lies where a blob belongs', async () => {
    await writeModel(`${library}/m/latest`, [
      ['model', 'weights'],
      ['system', 'be kind'],
    ]);
    await rm(blobOf('be kind'));
    expect(spawnSync('mkfifo', [blobOf('be kind')]).status).toBe(0);
    await expect(open('m')).rejects.toMatchObject({
      code: 'store_read',
      message: `model 'm:latest': blob ${digestOf('be kind')} is damaged: not a plain file`,
    });
  });

  it('reads a store it must not write to', async () => {
    await writeModel(`${library}/m/latest`);
    for (const folder of ['blobs', 'manifests', '.']) await chmod(join(modelsDir, folder), 0o555);
    expect(await readFile((await open('m')).modelPath, 'utf8')).toBe('weights');
    for (const folder of ['.', 'manifests', 'blobs']) await chmod(join(modelsDir, folder), 0o755);
  });
});
