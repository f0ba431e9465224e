import { describe, expect, it } from 'vitest';
import { ggufFile, memorySource, value, type GgufParts } from '../../../test/support/gguf-writer.ts';
import { chatModelPath, embeddingModelPath } from '../../../test/support/starter-runner.ts';
import { readHeader } from '../../store/read-header.ts';
import { fileTypeText } from './file-type-text.ts';
import { modelFacts, type ModelFacts } from './model-facts.ts';
import { readGguf } from './read-gguf.ts';
import { slidingWindowLayers } from './sliding-window-layers.ts';

async function factsOf(metadata: GgufParts['metadata'], tensors: GgufParts['tensors'] = []): Promise<ModelFacts> {
  return modelFacts(await readGguf(memorySource(ggufFile({ metadata, tensors })), { arrays: 'skip' }));
}

describe('facts of a model', () => {
  it('are right for the chat model', async () => {
    const facts = modelFacts(await readHeader(chatModelPath, 'skip'));
    expect({ ...facts, chatTemplate: facts.chatTemplate?.slice(0, 31) }).toEqual({
      architecture: 'llama',
      parameterCount: 134_515_008,
      parameterText: '134.52M',
      fileTypeText: 'Q4_1',
      contextLength: 8192,
      embeddingLength: 576,
      blockCount: 30,
      headCounts: Array.from({ length: 30 }, () => 9),
      kvHeadCounts: Array.from({ length: 30 }, () => 3),
      keyLength: 64,
      valueLength: 64,
      feedForwardLengths: Array.from({ length: 30 }, () => 1536),
      vocabularySize: 49_152,
      poolingType: undefined,
      isEmbedding: false,
      hasVision: false,
      hasAudio: false,
      chatTemplate: '{% for message in messages %}{%',
      bosToken: '<|im_start|>',
      eosToken: '<|im_end|>',
      addsBos: false,
      slidingWindow: undefined,
      isRecurrent: false,
    });
  });

  it('are right for the embedding model', async () => {
    expect(modelFacts(await readHeader(embeddingModelPath, 'skip'))).toMatchObject({
      architecture: 'bert',
      parameterText: '22.57M',
      fileTypeText: 'F16',
      poolingType: 1,
      isEmbedding: true,
      bosToken: '',
      addsBos: true,
    });
  });

  it('are the same whether arrays were read or skipped', async () => {
    const [read, skipped] = await Promise.all([readHeader(chatModelPath, 'read'), readHeader(chatModelPath, 'skip')]);
    expect(modelFacts(read)).toEqual(modelFacts(skipped));
  });

  it('are modest for a file that says nothing', async () => {
    expect(await factsOf({})).toMatchObject({
      architecture: 'unknown',
      parameterCount: 0,
      parameterText: '0',
      fileTypeText: 'unknown',
      contextLength: undefined,
      blockCount: 0,
      headCounts: [],
      keyLength: 0,
      bosToken: '',
    });
  });

  it('follow lists with a value for each layer', async () => {
    const facts = await factsOf({
      'general.architecture': value.text('lfm2'),
      'lfm2.block_count': value.uint32(3),
      'lfm2.embedding_length': value.uint32(256),
      'lfm2.attention.head_count': value.uint32(4),
      'lfm2.attention.head_count_kv': value.list([0, 0, 2].map(value.uint32)),
      'lfm2.feed_forward_length': value.list([512, 512].map(value.uint32)),
      'lfm2.shortconv.l_cache': value.uint32(3),
    });
    expect(facts).toMatchObject({
      headCounts: [4, 4, 4],
      kvHeadCounts: [0, 0, 2],
      keyLength: 64,
      feedForwardLengths: [512, 512, 0],
      isRecurrent: true,
    });
  });

  it('take every head for a KV head where the file has no other number', async () => {
    const facts = await factsOf({
      'general.architecture': value.text('x'),
      'x.block_count': value.uint32(1),
      'x.attention.head_count': value.uint32(8),
      'x.vision.block_count': value.uint32(24),
    });
    expect(facts).toMatchObject({ kvHeadCounts: [8], hasVision: true, hasAudio: false });
  });

  it('ignore values of the wrong type', async () => {
    const facts = await factsOf({
      'general.architecture': value.uint32(1),
      'general.file_type': value.text('Q4_0'),
      'tokenizer.chat_template': value.bool(true),
      'tokenizer.ggml.eos_token_id': value.float32(0.5),
      'unknown.block_count': value.int32(-1),
    });
    expect(facts).toMatchObject({ architecture: 'unknown', fileTypeText: 'unknown', eosToken: '', blockCount: 0 });
  });

  it('refuse an impossible number of layers', async () => {
    const metadata = { 'general.architecture': value.text('x'), 'x.block_count': value.uint32(4_000_000_000) };
    await expect(factsOf(metadata)).rejects.toMatchObject({ code: 'bad_gguf' });
  });

  it.each([
    ['llama', undefined, undefined, true],
    ['llama', undefined, false, false],
    ['gpt2', 'llama-bpe', undefined, true],
    ['gpt2', 'qwen2', undefined, false],
    ['gpt2', 'qwen2', true, true],
    ['t5', undefined, undefined, false],
  ])('know whether tokenizer %s %s with add_bos_token %s adds bos: %s', async (model, pre, addsBos, expected) => {
    const facts = await factsOf({
      'tokenizer.ggml.model': value.text(model),
      ...(pre === undefined ? {} : { 'tokenizer.ggml.pre': value.text(pre) }),
      ...(addsBos === undefined ? {} : { 'tokenizer.ggml.add_bos_token': value.bool(addsBos) }),
    });
    expect(facts.addsBos).toBe(expected);
  });
});

describe('file types', () => {
  it.each([
    [0, 'F32'],
    [1, 'F16'],
    [2, 'Q4_0'],
    [3, 'Q4_1'],
    [4, 'MXFP4'],
    [5, 'unknown'],
    [7, 'Q8_0'],
    [14, 'Q4_K_S'],
    [15, 'Q4_K_M'],
    [18, 'Q6_K'],
    [21, 'Q2_K_S'],
    [25, 'IQ4_NL'],
    [32, 'BF16'],
    [33, 'unknown'],
    [38, 'MXFP4_MOE'],
    [41, 'Q2_0'],
    [1024, 'unknown'],
  ])('%i is %s', (fileType, text) => {
    expect(fileTypeText(fileType)).toBe(text);
  });
});

describe('sliding-window layers', () => {
  async function layersOf(architecture: string, extra: GgufParts['metadata']): Promise<boolean[]> {
    const metadata = {
      'general.architecture': value.text(architecture),
      [`${architecture}.block_count`]: value.uint32(6),
      ...extra,
    };
    const gguf = await readGguf(memorySource(ggufFile({ metadata, tensors: [] })), { arrays: 'skip' });
    return slidingWindowLayers(gguf, modelFacts(gguf));
  }

  it('follow the architecture', async () => {
    const window = value.uint32(512);
    const five = [true, true, true, true, true];
    expect(await layersOf('gemma3', { 'gemma3.attention.sliding_window': window })).toEqual(five.concat(false));
    expect(await layersOf('smallthinker', { 'smallthinker.attention.sliding_window': window })).toEqual([
      false,
      true,
      true,
      true,
      false,
      true,
    ]);
  });

  it('follow what the file says', async () => {
    const pattern = [true, false, true, false, false, true];
    const layers = await layersOf('gemma4', {
      'gemma4.attention.sliding_window': value.uint32(512),
      'gemma4.attention.sliding_window_pattern': value.list(pattern.map(value.bool)),
    });
    expect(layers).toEqual(pattern);
  });

  it('are none without a window or for an architecture without a known pattern', async () => {
    expect(await layersOf('gemma3', {})).toEqual(Array.from({ length: 6 }, () => false));
    expect(await layersOf('phi3', { 'phi3.attention.sliding_window': value.uint32(512) })).not.toContain(true);
  });
});
