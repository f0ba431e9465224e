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
  type StoredTensor,
  type TinyModel,
} from '../../../test/support/tiny-checkpoint.ts';
import { CorralError } from '../../core/corral-error.ts';
import { readGguf } from '../gguf/read-gguf.ts';
import { ggufSizeBytes, writeGguf } from '../gguf/write-gguf.ts';
import { readSafetensors } from '../safetensors/read-safetensors.ts';
import { convertedTensor } from './converted-tensor.ts';
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

/** The tensors of a checkpoint of one file, by name. */
async function storedTensors(files: CheckpointFiles): Promise<(readonly [string, StoredTensor])[]> {
  const source = memorySource(files.get('model.safetensors') ?? new Uint8Array());
  const tensors = await readSafetensors(source, 'model.safetensors');
  return Promise.all(
    tensors.map(async ({ name, type, shape, offsetBytes, sizeBytes }) => {
      return [name, { type, shape, bytes: await source.read(offsetBytes, sizeBytes) }] as const;
    }),
  );
}

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
    ['a name out of the prototype', { type: 'constructor' }, 'default'],
    ['a kind that is no text', { type: { toString: 1, valueOf: 1 } }, 'default'],
    ['an unknown expression', { type: 'Split', pattern: { Regex: 'x+' } }, 'default'],
    ['none', null, 'default'],
  ])('words are cut as the file says: %s', async (_name, pre, expected) => {
    expect((await header(split(pre))).metadata.get('tokenizer.ggml.pre')).toBe(expected);
  });

  test('a template in a file of its own goes before the configuration’s', async () => {
    const files = tinyCheckpoint('qwen2', {
      'tokenizer_config.json': json({ eos_token: '<|end|>', chat_template: '{{ 2 }}' }),
      'chat_template.jinja': Buffer.from('{{ 1 }}'),
    });
    expect((await header(files)).metadata.get('tokenizer.chat_template')).toBe('{{ 1 }}');
  });

  test('special tokens are found in the pieces when tokenizer.json is not there', async () => {
    const files = new Map(tinyCheckpoint('gemma'));
    files.delete('tokenizer.json');
    expect((await header(files)).metadata.get('tokenizer.ggml.bos_token_id')).toBe(1);
  });

  test.each([
    ['fewer', 1],
    ['more', 300],
  ])('there are as many tokens as rows, though the configuration says %s', async (_name, size) => {
    const { metadata, tensors } = await header(withConfig('qwen2', { vocab_size: size }));
    const rows = tensors.find(({ name }) => name === 'token_embd.weight')?.shape[1];
    expect(rows).toBe(264);
    for (const list of ['tokens', 'scores', 'token_type']) {
      expect(metadata.get(`tokenizer.ggml.${list}`)).toMatchObject({ length: rows });
    }
  });

  test('ids that are left out move nobody', async () => {
    const own = JSON.parse(Buffer.from(tinyCheckpoint('qwen2').get('tokenizer.json') ?? []).toString()) as object;
    const model = { type: 'BPE', vocab: { a: 0, c: 3 }, merges: [] };
    const files = tinyCheckpoint('qwen2', {
      'tokenizer.json': json({ ...own, model, added_tokens: [{ id: 6, content: '<|end|>', special: true }] }),
      'generation_config.json': json({ eos_token_id: [] }),
    });
    const { metadata } = await readGguf(memorySource(await converted(files)), { arrays: 'read' });
    expect(metadata.get('tokenizer.ggml.eos_token_id')).toBe(6);
    expect(metadata.has('tokenizer.ggml.eos_token_ids')).toBe(false);
    expect(metadata.get('tokenizer.ggml.tokens')).toMatchObject({
      values: expect.arrayContaining([
        'a',
        '[UNUSED1]',
        '[UNUSED2]',
        'c',
        '[UNUSED4]',
        '[UNUSED5]',
        '<|end|>',
        '[PAD0]',
      ]) as unknown,
    });
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
  const tensors = await storedTensors(whole);
  const parts = new Map(whole);
  parts.delete('model.safetensors');
  parts.set('model-00002-of-00002.safetensors', safetensorsFile(Object.fromEntries(tensors.slice(0, 5))));
  parts.set('model-00001-of-00002.safetensors', safetensorsFile(Object.fromEntries(tensors.slice(5))));
  expect((await converted(parts)).equals(await converted(whole))).toBe(true);
});

test('a model that was saved without its head has shorter names', async () => {
  const whole = tinyCheckpoint('qwen3');
  const tensors = (await storedTensors(whole)).map(([name, tensor]) => [name.replace(/^model\./, ''), tensor]);
  const bare = new Map([...whole, ['model.safetensors', safetensorsFile(Object.fromEntries(tensors))]]);
  expect((await converted(bare)).equals(await converted(whole))).toBe(true);
});

test('Gemma 3 has a rope for layers that see everything, and one for the others', async () => {
  const older = await header(withConfig('gemma3', { rope_scaling: { rope_type: 'linear', factor: 8 } }));
  expect(older.metadata.get('gemma3.rope.scaling.type')).toBe('linear');
  expect(older.metadata.get('gemma3.rope.scaling.factor')).toBe(8);
  const newer = await header(
    withConfig('gemma3', {
      rope_theta: undefined,
      rope_parameters: {
        full_attention: { rope_type: 'linear', factor: 4, rope_theta: 5e5 },
        sliding_attention: { rope_type: 'default', rope_theta: 20_000 },
      },
    }),
  );
  expect(newer.metadata.get('gemma3.rope.freq_base')).toBe(5e5);
  expect(newer.metadata.get('gemma3.rope.local.freq_base')).toBe(20_000);
  expect(newer.metadata.get('gemma3.rope.scaling.factor')).toBe(4);
});

test('of a head a part may be turned', async () => {
  const { metadata } = await header(withConfig('phi3', { partial_rotary_factor: 0.75 }));
  expect(metadata.get('phi3.rope.dimension_count')).toBe(6);
});

test('a row of any length is read in pieces', async () => {
  const asked: number[] = [];
  const long = {
    name: 'model.norm.weight',
    type: 'F32' as const,
    shape: [1, 2 ** 31],
    offsetBytes: 0,
    sizeBytes: 2 ** 33,
    source: {
      sizeBytes: 2 ** 33,
      read: async (_offset: number, length: number) => {
        asked.push(length);
        return Promise.resolve(new Uint8Array(length));
      },
    },
  };
  for await (const piece of convertedTensor(long, { name: 'output.weight' }).data()) {
    expect(piece.length).toBeLessThan(2 ** 23);
    break;
  }
  expect(Math.max(...asked)).toBeLessThan(2 ** 23);
  expect(() =>
    convertedTensor({ ...long, shape: [4, 2 ** 29] }, { name: 'blk.0.attn_q.weight', rotaryHeads: 1 }),
  ).toThrow('the heads of "model.norm.weight" are too large');
});

test('a configuration that is all escapes is refused at once', async () => {
  const text = Buffer.from(`"${String.raw`\"`.repeat(400_000)}`);
  await expect(converted(tinyCheckpoint('qwen2', { 'config.json': text }))).rejects.toThrow(
    '"config.json" is not JSON',
  );
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
    [
      'a rope that nobody knows',
      withConfig('qwen2', { rope_scaling: { type: 'spiral' } }),
      'a qwen2 model whose rope is stretched by "spiral" can\'t be imported',
    ],
    [
      'Llama 3’s rope in another',
      withConfig('qwen2', { rope_scaling: { rope_type: 'llama3' } }),
      'a qwen2 model whose rope is stretched by "llama3" can\'t be imported',
    ],
    [
      'a base beyond single precision',
      withConfig('qwen2', { rope_theta: 1e39 }),
      'config.json: "rope_theta" is no number',
    ],
    ['an odd head', withConfig('llama3', { head_dim: 1 }), 'config.json: heads of 1 numbers'],
    [
      'no head where there must be one',
      withConfig('qwen2', { tie_word_embeddings: false }),
      'the weights lack "output"',
    ],
    [
      'a file of the list that is missing',
      tinyCheckpoint('qwen2', {
        'model.safetensors.index.json': json({ weight_map: { 'lm_head.weight': 'model-9.safetensors' } }),
      }),
      'the tensor "lm_head.weight" of "model-9.safetensors" is missing',
    ],
    [
      'too many lists',
      tinyCheckpoint('qwen2', { 'tokenizer.json': Buffer.from(`[${'[],'.repeat(2_000_001)}[]]`) }),
      '"tokenizer.json" is too large',
    ],
    [
      'a configuration without end',
      tinyCheckpoint('qwen2', { 'config.json': new Uint8Array(1_000_001) }),
      '"config.json" is too large',
    ],
    [
      'a list of pieces',
      tinyCheckpoint('qwen2', { 'tokenizer.json': json({ model: { type: 'Unigram', vocab: [['a', 1]] } }) }),
      'this kind of tokenizer can only be read from tokenizer.model, which is missing',
    ],
    [
      'words of BERT in a decoder',
      tinyCheckpoint('qwen2', { 'tokenizer.json': json({ model: { type: 'WordPiece', vocab: { a: 0 } } }) }),
      "a qwen2 model with this kind of tokenizer can't be imported",
    ],
    [
      'a module whose file is missing',
      tinyCheckpoint('qwen3', { 'modules.json': json([{ type: 'x.Pooling', path: '1_Pooling/' }]) }),
      'modules.json names "1_Pooling/config.json", which is missing',
    ],
    [
      'another way of pooling',
      tinyCheckpoint('qwen3', {
        'modules.json': json([{ type: 'x.Pooling', path: '1_Pooling' }]),
        '1_Pooling/config.json': json({ pooling_mode_max_tokens: true }),
      }),
      '"1_Pooling/config.json" pools in an unknown way',
    ],
    ['an empty tensor', more('lm_head.weight', [0, 32]), 'the tensor "lm_head.weight" is empty'],
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
      'this kind of tokenizer can only be read from tokenizer.model, which is missing',
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
      tinyCheckpoint('qwen2', { 'tokenizer.json': json({ model: { type: 'BPE', vocab: { a: 1e12 } } }) }),
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

test('norms of any shape are written in full', async () => {
  const files = tinyCheckpoint('gemma', {}, 'F16');
  const source = memorySource(files.get('model.safetensors') ?? new Uint8Array());
  const norm = (await readSafetensors(source, 'x')).find(({ name }) => name === 'model.norm.weight');
  if (norm === undefined) throw new Error('no norm');
  const tensor = convertedTensor({ ...norm, shape: [1, 32], source }, { name: 'output_norm.weight', addsOne: true });
  expect(tensor).toMatchObject({ type: 'F32', sizeBytes: 128 });
  expect((await collectBytes(tensor.data())).length).toBe(128);
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
