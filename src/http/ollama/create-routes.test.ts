import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { value } from '../../../test/support/gguf-writer.ts';
import { projectorFile } from '../../../test/support/projector-file.ts';
import { starterStore, type StarterStore } from '../../../test/support/starter-store.ts';
import { tinyModel } from '../../../test/support/tiny-model.ts';
import { parseModelName } from '../../formats/model-name.ts';
import { noQuantiser } from '../../usecases/test-quantiser.ts';
import { says } from '../../usecases/test-runner.ts';
import { parseLines, send, startTestServer, type TestServer } from '../test-server.ts';

let store: StarterStore;
let server: TestServer;
let text: string;
let tiny: string;
beforeAll(async () => {
  store = await starterStore(noQuantiser);
  server = await startTestServer({ script: says([]), environment: { OLLAMA_MODELS: store.modelsDir } });
  text = await store.upload(Buffer.from('just a text'));
  tiny = await store.upload(tinyModel());
});
afterAll(async () => {
  await server.close();
  await store.remove();
});

const create = (body: unknown) => send(server.port, '/api/create', { body });
const exists = async (name: string) => (await store.parts.manifests.read(parseModelName(name))) !== undefined;

const shardKeys = { 'split.no': value.uint16(0), 'split.count': value.uint16(2) };
const zeros = `sha256:${'0'.repeat(64)}`;
const from = 'smollm2:135m';

describe('a model of another one', () => {
  it('streams its progress', async () => {
    const reply = await create({ model: 'derived', from, system: 'You are a pirate.' });
    expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'application/x-ndjson' } });
    expect(parseLines(reply.text).map(({ status }) => String(status).replace(/[0-9a-f]{64}/, '…'))).toEqual([
      'using existing layer sha256:…',
      'using existing layer sha256:…',
      'creating new layer sha256:…',
      'using existing layer sha256:…',
      'writing manifest',
      'success',
    ]);
    expect(await exists('derived')).toBe(true);
  });

  it('answers with the last word alone when asked not to stream', async () => {
    const reply = await create({ name: 'quiet', from, stream: false });
    expect(reply).toMatchObject({ status: 200, text: '{"status":"success"}' });
    expect(reply.headers['content-type']).toContain('application/json');
  });

  it('is listed and shown at once, also in place of another one', async () => {
    await create({ model: 'again', from, system: 'one', stream: false });
    await create({ model: 'AGAIN', from: 'again', system: 'two', license: 'MIT', stream: false });
    const reply = await send(server.port, '/api/show', { body: { model: 'again' } });
    expect(JSON.parse(reply.text)).toMatchObject({
      system: 'two',
      license: 'MIT',
      details: { parent_model: 'again:latest', format: 'gguf', family: 'llama', quantization_level: 'Q4_1' },
    });
  });
});

describe('a model of files', () => {
  it('gets its config from the weights', async () => {
    expect((await create({ model: 'tiny', files: { 'tiny.gguf': tiny }, stream: false })).status).toBe(200);
    const reply = await send(server.port, '/api/show', { body: { model: 'tiny' } });
    expect(JSON.parse(reply.text)).toMatchObject({ details: { family: 'llama', quantization_level: 'F16' } });
  });

  it('keeps a projector beside the model and shows what it can do with it', async () => {
    const files = { 'tiny.gguf': tiny, 'mmproj.gguf': await store.upload(projectorFile()) };
    expect((await create({ model: 'seeing', files, stream: false })).status).toBe(200);
    const reply = await send(server.port, '/api/show', { body: { model: 'seeing' } });
    expect(JSON.parse(reply.text)).toMatchObject({
      capabilities: ['completion', 'vision'],
      projector_info: {
        'clip.has_vision_encoder': true,
        'clip.projector_type': 'mlp',
        'general.architecture': 'clip',
        'general.parameter_count': 16,
        'general.type': 'mmproj',
      },
    });
  });

  it.each([
    ['a projector alone', 'mmproj.gguf', () => projectorFile(), 'the files hold no model'],
    [
      'a file cut off',
      'tiny.gguf',
      () => tinyModel().subarray(0, 9000),
      'invalid GGUF file: file is 9000 bytes, needs ',
    ],
    [
      'a shard alone',
      'big.gguf',
      () => tinyModel({ metadata: shardKeys }),
      'must use llama.cpp split filename pattern',
    ],
  ])('is not made of %s', async (_, name, file, error) => {
    const reply = await create({ model: 'x', files: { [name]: await store.upload(file()) } });
    expect(parseLines(reply.text).at(-1)).toEqual({ error: expect.stringContaining(error) });
    expect(await exists('x')).toBe(false);
  });

  it('says what is wrong after its first line where the stream has begun', async () => {
    const reply = await create({ model: 'x', files: { 'a.gguf': zeros } });
    expect(reply.status).toBe(200);
    expect(parseLines(reply.text)).toEqual([{ status: 'parsing GGUF' }, { error: `blob "${zeros}" not found` }]);
  });
});

describe('refused before anything is written', () => {
  const refused = [
    ['nothing to begin with', { model: 'x' }, 400, "neither 'from' or 'files' was specified"],
    ['no name', { from }, 400, 'invalid model name'],
    ['a bad name', { model: 'bad name!', from }, 400, 'invalid model name'],
    ['a bad base', { model: 'x', from: './nope.gguf' }, 400, 'invalid model name'],
    ['an absolute path', { model: 'x', files: { '/a.gguf': zeros } }, 400, 'file path must be relative'],
    ['a path upwards', { model: 'x', files: { '../a.gguf': zeros } }, 400, 'file path must be relative'],
    ['a digest that is none', { model: 'x', files: { 'a.gguf': 'sha256:12' } }, 400, 'invalid digest format'],
    ['no files', { model: 'x', files: {} }, 400, 'unknown type'],
    [
      'two adapters',
      { model: 'x', from, adapters: { 'a.gguf': zeros, 'b.gguf': zeros } },
      400,
      'only one adapter is currently supported',
    ],
    [
      'an open template',
      { model: 'x', from, template: '{{ .Prompt' },
      400,
      'template error: template: :1: unclosed action',
    ],
    [
      'a licence that is a number',
      { model: 'x', from, license: 3 },
      400,
      'invalid value for "license": expected a string or an array of strings',
    ],
    [
      'safetensors that are not there',
      { model: 'x', files: { 'model.safetensors': zeros } },
      404,
      `blob ${JSON.stringify(zeros)} not found`,
    ],
    [
      'a cloud model',
      { model: 'x', from: 'qwen3:cloud' },
      403,
      'ollama cloud is disabled: remote model is unavailable',
    ],
    [
      'a second quantisation',
      { model: 'x', from, quantize: 'Q8_0' },
      500,
      'quantization is only supported for F16, BF16 and F32 models',
    ],
    [
      'a second quantisation without its type',
      { model: 'x', from, requantize: true },
      400,
      '"requantize" needs "quantize": the type to quantise to',
    ],
    [
      'an importance matrix',
      { model: 'x', from: 'all-minilm', quantize: 'iq2_xs' },
      500,
      'quantization type IQ2_XS needs an importance matrix, which is not supported',
    ],
  ] as const;
  for (const [what, body, status, error] of refused) {
    for (const stream of [true, false]) {
      it(`${what}${stream ? '' : ', not streamed'}`, async () => {
        const reply = await create({ ...body, stream });
        expect({ status: reply.status, error: JSON.parse(reply.text.trim()) }).toEqual({ status, error: { error } });
        expect(await exists('x')).toBe(false);
      });
    }
  }

  it('an unknown quantisation names those that are known', async () => {
    const reply = await create({ model: 'x', from: 'all-minilm', quantize: 'Q9' });
    expect(reply.status).toBe(500);
    expect(reply.text).toMatch(/unsupported quantization type Q9 - supported types are F32, F16, .*Q4_K_M/);
  });

  it('a file that is no GGUF', async () => {
    const reply = await create({ model: 'x', files: { 'a.gguf': text }, stream: false });
    expect(reply).toMatchObject({ status: 400, text: '{"error":"supplied file was not in GGUF format"}' });
    expect((await create({ model: 'x', files: { 'a.txt': text } })).text).toBe('{"error":"unknown type"}');
  });
});
