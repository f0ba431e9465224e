/** A draft model from the Modelfile to the answers, with the built server, the real engine and the command line. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adapterFile } from '../support/adapter-file.ts';
import { answered, greedy, post } from '../support/api-client.ts';
import { writeAlteredWeights } from '../support/altered-weights.ts';
import { chatModel, embeddingModel, startCorral, type CorralServer } from '../support/corral-server.ts';
import { speakingModel } from '../support/speaking-model.ts';
import { digestOf } from '../support/starter-store.ts';

const program = fileURLToPath(new URL('../../bin/corral.js', import.meta.url));

let server: CorralServer;
let folder: string;
let draftPath: string;
let draftDigest: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'corral-create-draft-'));
  draftPath = path.join(folder, 'small.gguf');
  await writeAlteredWeights(draftPath, (layer) => layer % 10 === 9);
  server = await startCorral();
  draftDigest = upload(readFileSync(draftPath));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function upload(bytes: Uint8Array): string {
  const digest = digestOf(bytes);
  writeFileSync(path.join(server.modelsDir, 'blobs', digest.replace(':', '-')), bytes);
  return digest;
}

const create = (model: string, fields: Readonly<Record<string, unknown>>) =>
  post(server, '/api/create', { model, from: chatModel, stream: false, ...fields });

interface Layer {
  readonly mediaType: string;
  readonly digest: string;
}

function manifest(model: string): { readonly config: Layer; readonly layers: readonly Layer[] } {
  const file = path.join(server.modelsDir, 'manifests', 'registry.ollama.ai', 'library', model, 'latest');
  return JSON.parse(readFileSync(file, 'utf8')) as ReturnType<typeof manifest>;
}

const draftLayers = (model: string) =>
  manifest(model).layers.filter(({ mediaType }) => mediaType === 'application/vnd.ollama.image.draft');

async function modelfile(model: string): Promise<string> {
  const { text } = await post(server, '/api/show', { model });
  return (JSON.parse(text) as { modelfile: string }).modelfile;
}

async function says(model: string, options = {}): Promise<string | undefined> {
  const body = { ...greedy('Count from one to ten.', 24, options), model, stream: false };
  return (await answered(server, '/api/generate', body)).response;
}

describe('a model with a draft', () => {
  test('has it as a layer and in its config, shows it, and hands it on to models made of it', async () => {
    expect(await create('drafted', { draft_files: { 'small.gguf': draftDigest } })).toMatchObject({ status: 200 });
    expect(draftLayers('drafted').map(({ digest }) => digest)).toEqual([draftDigest]);
    const config = path.join(server.modelsDir, 'blobs', manifest('drafted').config.digest.replace(':', '-'));
    expect(JSON.parse(readFileSync(config, 'utf8'))).toMatchObject({
      draft: { model_format: 'gguf', architecture: 'llama' },
    });
    const blob = path.join(server.modelsDir, 'blobs', draftDigest.replace(':', '-'));
    expect(await modelfile('drafted')).toContain(`\nDRAFT ${blob}\n`);

    expect(await create('heir', { from: 'drafted', system: 'Be brief.' })).toMatchObject({ status: 200 });
    expect(draftLayers('heir')).toHaveLength(1);
  });

  test('answers as its base does, with as many drafts as one likes and with none', async () => {
    const base = await says(chatModel);
    expect(base).not.toBe('');
    for (const options of [{}, { draft_num_predict: 8 }, { draft_num_predict: 0 }]) {
      expect(await says('drafted', options)).toBe(base);
    }
    expect(server.log()).not.toContain('draft model is');
  });

  test('shares its runner with others that have both files in common', async () => {
    await create('sibling', { draft_files: { 'other-name.gguf': draftDigest } });
    expect(await says('sibling')).toBe(await says('drafted'));
    expect(server.runners()).toHaveLength(2);
  });

  test('may have an installed model as its draft, which replaces an inherited one', async () => {
    await create('small', { from: '', files: { 'small.gguf': draftDigest } });
    expect(await create('named', { from: 'drafted', draft_from: 'small' })).toMatchObject({ status: 200 });
    expect(draftLayers('named').map(({ digest }) => digest)).toEqual([draftDigest]);
  });
});

describe('a draft is refused', () => {
  test.each<[string, () => Readonly<Record<string, unknown>>, number, string]>([
    [
      'that makes embeddings',
      () => ({ draft_from: embeddingModel }),
      400,
      'the draft model makes embeddings, so it cannot guess text',
    ],
    [
      'with another vocabulary, by its size',
      () => ({ draft_files: { 'tiny.gguf': tiny } }),
      400,
      'the draft model has another vocabulary than the model: it has 64 tokens, not 49152',
    ],
    [
      'that is an adapter',
      () => ({ draft_files: { 'lora.gguf': upload(adapterFile(1)) } }),
      400,
      'the draft file is not a model',
    ],
    [
      'that is two',
      () => ({ draft_files: { 'a.gguf': draftDigest, 'b.gguf': draftDigest } }),
      400,
      'only one draft model is supported',
    ],
    [
      'that is no GGUF file',
      () => ({ draft_files: { 'a.gguf': upload(Buffer.from('text')) } }),
      400,
      'supplied file was not in GGUF format',
    ],
    ['that is not installed', () => ({ draft_from: 'absent' }), 404, "draft model 'absent:latest' not found"],
    ['by quantisation alone', () => ({ draft_quantize: 'Q8_0' }), 400, '--draft-quantize requires a DRAFT model'],
    [
      'quantised that is so already',
      () => ({ draft_files: { 'a.gguf': draftDigest }, draft_quantize: 'Q8_0' }),
      500,
      'quantization is only supported for F16, BF16 and F32 models',
    ],
  ])('%s', async (_, fields, status, error) => {
    tiny = upload(await speakingModel());
    const reply = await create('refused', fields());
    expect({ status: reply.status, body: JSON.parse(reply.text) as unknown }).toEqual({ status, body: { error } });
    expect((await post(server, '/api/show', { model: 'refused' })).status).toBe(404);
  });
});

let tiny: string;

describe('a Modelfile', () => {
  const corral = (...args: string[]) =>
    promisify(execFile)(process.execPath, [program, ...args], {
      env: { ...process.env, OLLAMA_HOST: `127.0.0.1:${server.port}` },
    });

  test.each([
    ['by its file', './small.gguf'],
    ['by a model’s name', 'small'],
  ])('names the draft %s, and what show prints makes the model again', async (_, reference) => {
    const file = path.join(folder, 'Modelfile');
    writeFileSync(file, `FROM ${chatModel}\nDRAFT ${reference}\n`);
    await corral('create', 'written', '-f', file);
    expect(draftLayers('written').map(({ digest }) => digest)).toEqual([draftDigest]);

    writeFileSync(file, (await corral('show', '--modelfile', 'written')).stdout);
    await corral('create', 'again', '-f', file);
    expect(draftLayers('again').map(({ digest }) => digest)).toEqual([draftDigest]);
  });
});

describe('a server that should save memory', () => {
  test('loads the model without its draft where both are too much, and says so', async () => {
    const small = await startCorral({ CORRAL_MEMORY_LIMIT: '400MiB' });
    try {
      for (const name of ['small.gguf']) {
        symlinkSync(path.join(folder, name), path.join(small.modelsDir, 'blobs', draftDigest.replace(':', '-')));
      }
      const made = { model: 'drafted', from: chatModel, draft_files: { 'small.gguf': draftDigest }, stream: false };
      expect(await post(small, '/api/create', made)).toMatchObject({ status: 200 });
      const body = { ...greedy('Name a colour.', 4), model: 'drafted', stream: false };
      expect((await answered(small, '/api/generate', body)).response).not.toBe('');
      expect(small.log()).toContain('the draft model is left out: there is too little memory');
    } finally {
      await small.stop();
    }
  });
});
