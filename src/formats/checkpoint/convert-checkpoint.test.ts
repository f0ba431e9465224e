import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectBytes } from '../../../test/support/collect-bytes.ts';
import { memorySource } from '../../../test/support/gguf-writer.ts';
import {
  numbersFrom,
  randomTensor,
  safetensorsFile,
  tinyCheckpoint,
  type CheckpointFiles,
  type TinyModel,
} from '../../../test/support/tiny-checkpoint.ts';
import { CorralError } from '../../core/corral-error.ts';
import { readGguf } from '../gguf/read-gguf.ts';
import { ggufSizeBytes, writeGguf } from '../gguf/write-gguf.ts';
import { readSafetensors } from '../safetensors/read-safetensors.ts';
import { convertCheckpoint } from './convert-checkpoint.ts';

async function converted(files: CheckpointFiles): Promise<Buffer> {
  const sources = new Map([...files].map(([name, bytes]) => [name, memorySource(bytes)]));
  const tensors = [];
  for (const [name, source] of sources) {
    if (!name.endsWith('.safetensors')) continue;
    for (const tensor of await readSafetensors(source, name)) tensors.push({ ...tensor, source });
  }
  const { gguf } = await convertCheckpoint({ files: sources, tensors });
  const bytes = await collectBytes(writeGguf(gguf));
  expect(bytes.length).toBe(ggufSizeBytes(gguf));
  return bytes;
}

const header = async (files: CheckpointFiles) => readGguf(memorySource(await converted(files)), { arrays: 'skip' });

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** The checkpoint's own configuration with other values. */
function withConfig(name: TinyModel, changes: Readonly<Record<string, unknown>>): CheckpointFiles {
  const config = JSON.parse(Buffer.from(tinyCheckpoint(name).get('config.json') ?? []).toString()) as object;
  return tinyCheckpoint(name, { 'config.json': json({ ...config, ...changes }) });
}

const recorded = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/checkpoints-converted.json', import.meta.url), 'utf8'),
) as { readonly digests: Readonly<Record<TinyModel, string>> };

describe('byte for byte what Ollama converts to', () => {
  test.each(Object.entries(recorded.digests))('%s', async (name, digest) => {
    const bytes = await converted(tinyCheckpoint(name as TinyModel));
    expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest);
  });
});

describe('kinds that Ollama does not import', () => {
  test('Mistral is a Llama whose heads have a length of their own', async () => {
    const { metadata, tensors } = await header(tinyCheckpoint('mistral'));
    expect(metadata.get('general.architecture')).toBe('llama');
    expect(metadata.get('llama.rope.dimension_count')).toBe(16);
    expect(metadata.get('llama.attention.key_length')).toBe(16);
    expect(tensors.find(({ name }) => name === 'blk.1.attn_q.weight')).toMatchObject({ shape: [32, 64], type: 'F16' });
  });

  test('Qwen 3 has norms of heads, and vectors of the last token where it is an embedding model', async () => {
    const files = tinyCheckpoint('qwen3', {
      'modules.json': json([
        { type: 'sentence_transformers.models.Transformer', path: '' },
        { type: 'sentence_transformers.models.Pooling', path: '1_Pooling' },
      ]),
      '1_Pooling/config.json': json({ pooling_mode_lasttoken: true }),
    });
    const { metadata, tensors } = await header(files);
    expect(metadata.get('qwen3.attention.key_length')).toBe(16);
    expect(metadata.get('qwen3.pooling_type')).toBe(3);
    expect(tensors.find(({ name }) => name === 'blk.0.attn_q_norm.weight')).toMatchObject({ shape: [16], type: 'F32' });
  });
});

describe('tokenizers', () => {
  const split = (pre: unknown): CheckpointFiles => {
    const tokenizer = JSON.parse(Buffer.from(tinyCheckpoint('qwen2').get('tokenizer.json') ?? []).toString()) as object;
    return tinyCheckpoint('qwen2', { 'tokenizer.json': json({ ...tokenizer, pre_tokenizer: pre }) });
  };
  const byteLevel = { type: 'ByteLevel', use_regex: true };

  test.each([
    [
      'digits one by one',
      { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel] },
      'smollm',
    ],
    ['GPT-2’s own', byteLevel, 'gpt-2'],
    ['anything else', { type: 'Sequence', pretokenizers: [{ type: 'Whitespace' }] }, 'default'],
    ['an unknown expression', { type: 'Split', pattern: { Regex: 'x+' } }, 'default'],
    ['none', null, 'default'],
  ])('words are cut as the file says: %s', async (_name, pre, expected) => {
    expect((await header(split(pre))).metadata.get('tokenizer.ggml.pre')).toBe(expected);
  });

  test('a template of its own file is taken where the configuration has none', async () => {
    const files = tinyCheckpoint('qwen2', {
      'tokenizer_config.json': json({ eos_token: '<|end|>' }),
      'chat_template.jinja': Buffer.from('{{ 1 }}'),
    });
    expect((await header(files)).metadata.get('tokenizer.chat_template')).toBe('{{ 1 }}');
  });

  test('special tokens are found in the pieces when tokenizer.json is not there', async () => {
    const files = new Map(tinyCheckpoint('gemma'));
    files.delete('tokenizer.json');
    expect((await header(files)).metadata.get('tokenizer.ggml.bos_token_id')).toBe(1);
  });

  test('there are as many tokens as rows', async () => {
    const { metadata, tensors } = await header(withConfig('qwen2', { vocab_size: 300 }));
    expect(metadata.get('tokenizer.ggml.tokens')).toMatchObject({ length: 300 });
    expect(tensors.some(({ name }) => name === 'token_embd.weight')).toBe(true);
  });

  test('numbers that JSON does not have are read over', async () => {
    const text = Buffer.from(tinyCheckpoint('qwen2').get('config.json') ?? []).toString();
    const withInfinity = text.replace('{', '{"a":Infinity,"b":[NaN,-Infinity],"c":"NaN \\" Infinity",');
    const bytes = await converted(tinyCheckpoint('qwen2', { 'config.json': Buffer.from(withInfinity) }));
    expect(bytes.equals(await converted(tinyCheckpoint('qwen2')))).toBe(true);
  });
});

test('newer configurations keep what concerns the rope in one place', async () => {
  const { metadata } = await header(
    withConfig('qwen2', {
      rope_theta: undefined,
      rope_parameters: { rope_type: 'yarn', rope_theta: 5000, factor: 4, original_max_position_embeddings: 128 },
    }),
  );
  expect(metadata.get('qwen2.rope.freq_base')).toBe(5000);
  expect(metadata.get('qwen2.rope.scaling.type')).toBe('yarn');
  expect(metadata.get('qwen2.rope.scaling.original_context_length')).toBe(128);
});

test('weights may lie in several files', async () => {
  const whole = tinyCheckpoint('qwen2');
  const source = memorySource(whole.get('model.safetensors') ?? new Uint8Array());
  const stored = await readSafetensors(source, 'x');
  const tensors = await Promise.all(
    stored.map(async ({ name, type, shape, offsetBytes, sizeBytes }) => [
      name,
      { type, shape, bytes: await source.read(offsetBytes, sizeBytes) },
    ]),
  );
  const parts = new Map(whole);
  parts.delete('model.safetensors');
  parts.set('model-00002-of-00002.safetensors', safetensorsFile(Object.fromEntries(tensors.slice(0, 5))));
  parts.set('model-00001-of-00002.safetensors', safetensorsFile(Object.fromEntries(tensors.slice(5))));
  expect((await converted(parts)).equals(await converted(whole))).toBe(true);
});

describe('what cannot be imported is refused with what to do', () => {
  const next = numbersFrom(3);
  const more = (name: string, shape: readonly number[]) =>
    tinyCheckpoint('qwen2', { 'model-2.safetensors': safetensorsFile({ [name]: randomTensor('F32', shape, next) }) });
  const without = (file: string) => {
    const files = new Map(tinyCheckpoint('qwen2'));
    files.delete(file);
    return files;
  };

  test.each<[string, CheckpointFiles, string]>([
    ['no configuration', without('config.json'), 'there is no config.json'],
    [
      'a configuration that is a list',
      tinyCheckpoint('qwen2', { 'config.json': json([]) }),
      '"config.json" holds no object',
    ],
    [
      'a configuration that is no JSON',
      tinyCheckpoint('qwen2', { 'config.json': Buffer.from('{') }),
      '"config.json" is not JSON',
    ],
    ['no architecture', withConfig('qwen2', { architectures: [] }), 'unknown architecture'],
    [
      'another architecture',
      withConfig('qwen2', { architectures: ['MambaForCausalLM'] }),
      'unsupported architecture "MambaForCausalLM"',
    ],
    ['no width', withConfig('qwen2', { hidden_size: undefined }), 'config.json has no "hidden_size"'],
    ['a negative count', withConfig('qwen2', { hidden_size: -1 }), 'config.json: "hidden_size" is no count'],
    ['a text for a number', withConfig('qwen2', { rms_norm_eps: 'x' }), 'config.json: "rms_norm_eps" is no number'],
    ['layers without end', withConfig('gemma3', { num_hidden_layers: 4e9 }), 'weights of layer 6 are missing'],
    ['heads without end', withConfig('llama3', { head_dim: 4e9 }), 'config.json: heads of 4000000000 numbers'],
    [
      'heads that do not fit',
      withConfig('llama3', { num_attention_heads: 3 }),
      'the tensor "model.layers.0.self_attn.q_proj.weight" can\'t be divided into 3 heads',
    ],
    ['tokens without end', withConfig('qwen2', { vocab_size: 4e9 }), 'config.json: "vocab_size" is too large'],
    ['no tokenizer', without('tokenizer.json'), 'there is no tokenizer.json and no tokenizer.model'],
    ['no weights', without('model.safetensors'), 'the weights have no token embeddings'],
    [
      'a tensor of another model',
      more('model.layers.0.mlp.experts.weight', [2]),
      'a qwen2 model has no tensor "model.layers.0.mlp.experts.weight"',
    ],
    [
      'a tensor out of the prototype',
      more('constructor.weight', [2]),
      'a qwen2 model has no tensor "constructor.weight"',
    ],
    ['a tensor twice', more('model.norm.weight', [32]), 'the tensor "model.norm.weight" is there twice'],
    [
      'a layer too many',
      more('model.layers.7.mlp.up_proj.weight', [64, 32]),
      'there is a layer 7, though the model has 2',
    ],
    [
      'too many dimensions',
      more('lm_head.weight', [1, 1, 1, 1, 2]),
      'the tensor "lm_head.weight" has no place in a GGUF file',
    ],
    [
      'pieces only',
      tinyCheckpoint('qwen2', { 'tokenizer.json': json({ model: { byte_fallback: true } }) }),
      'this tokenizer can only be read from tokenizer.model, which is missing',
    ],
    [
      'pieces that are none',
      tinyCheckpoint('gemma', { 'tokenizer.model': Buffer.from([0x0a, 0x05, 1]) }),
      '"tokenizer.model" is no SentencePiece model',
    ],
    [
      'an added token elsewhere',
      tinyCheckpoint('gemma', { 'added_tokens.json': json({ x: 9999 }) }),
      'added_tokens.json: the token "x" is not at its place',
    ],
    [
      'an id that is none',
      tinyCheckpoint('qwen2', { 'tokenizer.json': json({ model: { vocab: { a: 1e12 } } }) }),
      'tokenizer.json: the id of "a" is none',
    ],
  ])('%s', async (_name, files, message) => {
    const thrown = await converted(files).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(CorralError);
    expect(thrown).toMatchObject({ message, hint: expect.any(String) as string });
  });

  test('a number format that is none of three', async () => {
    const files = more('lm_head.weight', [2]);
    const weights = safetensorsFile({ 'lm_head.weight': { type: 'F8_E4M3', shape: [2], bytes: new Uint8Array(2) } });
    const thrown = converted(new Map([...files, ['model-2.safetensors', weights]]));
    await expect(thrown).rejects.toMatchObject({
      code: 'not_supported',
      message: 'the tensor "lm_head.weight" has the number format F8_E4M3',
    });
  });

  test('a module that would change the vectors', async () => {
    const files = tinyCheckpoint('qwen3', {
      'modules.json': json([{ type: 'sentence_transformers.models.Dense', path: '2_Dense' }]),
    });
    await expect(converted(files)).rejects.toMatchObject({
      code: 'not_supported',
      message: 'modules.json: a module "Dense" can\'t be imported',
    });
  });
});

test('whatever a configuration and a tokenizer say, the outcome is a GGUF or the typed error', async () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.integer(),
    fc.double(),
    fc.constantFrom('__proto__', 'yarn', 'llama3'),
  );
  const key = fc.constantFrom(
    'hidden_size',
    'head_dim',
    'num_attention_heads',
    'num_key_value_heads',
    'num_hidden_layers',
    'vocab_size',
    'rope_scaling',
    'rope_parameters',
    'rope_theta',
    'architectures',
    'layer_types',
    'sliding_window_pattern',
  );
  const tokenizerKey = fc.constantFrom('added_tokens', 'model', 'pre_tokenizer');
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<TinyModel>('llama3', 'gemma3', 'phi3'),
      fc.dictionary(key, value, { maxKeys: 3 }),
      fc.dictionary(tokenizerKey, value, { maxKeys: 1 }),
      async (name, config, tokenizer) => {
        const files = new Map(withConfig(name, config));
        const own = JSON.parse(Buffer.from(files.get('tokenizer.json') ?? []).toString()) as object;
        files.set('tokenizer.json', json({ ...own, ...tokenizer }));
        const outcome = await converted(files).catch((error: unknown) => error);
        expect(Buffer.isBuffer(outcome) || outcome instanceof CorralError || String(outcome)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
