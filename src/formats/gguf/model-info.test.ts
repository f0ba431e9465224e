import { describe, expect, it } from 'vitest';
import { ggufFile, memorySource, value } from '../../../test/support/gguf-writer.ts';
import { chatModelPath, embeddingModelPath } from '../../../test/support/starter-runner.ts';
import { readHeader } from '../../store/read-header.ts';
import { modelInfo } from './model-info.ts';
import { readGguf } from './read-gguf.ts';

// What the real Ollama answered for these two models, with its key order.
const chatInfo =
  '{"general.architecture":"llama","general.basename":"smollm2","general.file_type":3,"general.finetune":"8k-lc100k-mix1-ep2","general.languages":null,"general.license":"apache-2.0","general.organization":"HuggingFaceTB","general.parameter_count":134515008,"general.quantization_version":2,"general.size_label":"135M","general.type":"model","llama.attention.head_count":9,"llama.attention.head_count_kv":3,"llama.attention.layer_norm_rms_epsilon":0.00001,"llama.block_count":30,"llama.context_length":8192,"llama.embedding_length":576,"llama.feed_forward_length":1536,"llama.rope.dimension_count":64,"llama.rope.freq_base":100000,"llama.vocab_size":49152,"tokenizer.ggml.add_bos_token":false,"tokenizer.ggml.add_space_prefix":false,"tokenizer.ggml.bos_token_id":1,"tokenizer.ggml.eos_token_id":2,"tokenizer.ggml.merges":null,"tokenizer.ggml.model":"gpt2","tokenizer.ggml.padding_token_id":2,"tokenizer.ggml.pre":"smollm","tokenizer.ggml.token_type":null,"tokenizer.ggml.tokens":null,"tokenizer.ggml.unknown_token_id":0}';
const embeddingInfo =
  '{"bert.attention.causal":false,"bert.attention.head_count":12,"bert.attention.layer_norm_epsilon":1e-12,"bert.block_count":6,"bert.context_length":512,"bert.embedding_length":384,"bert.feed_forward_length":1536,"bert.normalize_embeddings":true,"bert.pooling_type":1,"general.architecture":"bert","general.file_type":1,"general.parameter_count":22565376,"general.quantization_version":2,"tokenizer.ggml.cls_token_id":101,"tokenizer.ggml.mask_token_id":103,"tokenizer.ggml.model":"bert","tokenizer.ggml.padding_token_id":0,"tokenizer.ggml.pre":"default","tokenizer.ggml.scores":null,"tokenizer.ggml.seperator_token_id":102,"tokenizer.ggml.token_type":null,"tokenizer.ggml.token_type_count":2,"tokenizer.ggml.tokens":null,"tokenizer.ggml.unknown_token_id":100}';

describe('model_info', () => {
  it.each([
    ['chat', chatModelPath, chatInfo],
    ['embedding', embeddingModelPath, embeddingInfo],
  ])('of the %s model equals what Ollama answers', async (_name, path, expected) => {
    for (const arrays of ['skip', 'read'] as const) {
      const { modelInfo: info } = modelInfo(await readHeader(path, arrays), { verbose: false });
      expect(JSON.stringify(info)).toBe(expected);
    }
  });

  it('has the arrays when verbose', async () => {
    const { modelInfo: info } = modelInfo(await readHeader(chatModelPath, 'read'), { verbose: true });
    const list = (key: string): readonly unknown[] => {
      const found = info[key];
      return Array.isArray(found) ? found : [];
    };
    expect(Object.keys(info)).toEqual(Object.keys(JSON.parse(chatInfo) as object));
    expect(list('general.languages')).toEqual(['en']);
    expect(list('tokenizer.ggml.merges').slice(0, 3)).toEqual(['Ġ t', 'Ġ a', 'i n']);
    expect(list('tokenizer.ggml.tokens').slice(0, 3)).toEqual(['<|endoftext|>', '<|im_start|>', '<|im_end|>']);
    expect([list('tokenizer.ggml.merges'), list('tokenizer.ggml.tokens')].map(({ length }) => length)).toEqual([
      48_900, 49_152,
    ]);
    const types = list('tokenizer.ggml.token_type').map(Number);
    expect([types.slice(0, 4), Math.hypot(...types).toFixed(3)]).toEqual([[3, 3, 3, 3], '222.009']);
  });

  it('lists the tensors in the order of a file that Ollama has written', async () => {
    const chat = modelInfo(await readHeader(chatModelPath, 'skip'), { verbose: false }).tensors;
    expect(chat.length).toBe(272);
    expect(chat.slice(0, 3)).toEqual([
      { name: 'output_norm.weight', type: 'F32', shape: [576] },
      { name: 'token_embd.weight', type: 'Q8_0', shape: [576, 49_152] },
      { name: 'blk.0.attn_k.weight', type: 'Q4_1', shape: [576, 192] },
    ]);
    expect(chat.findIndex(({ name }) => name === 'blk.10.attn_k.weight')).toBe(92);
    const embedding = modelInfo(await readHeader(embeddingModelPath, 'skip'), { verbose: false }).tensors;
    expect(embedding.slice(0, 3).map(({ name }) => name)).toEqual([
      'position_embd.weight',
      'token_embd.weight',
      'token_embd_norm.bias',
    ]);
  });

  it('leaves out the name and the template, counts the parameters itself and can always be JSON', async () => {
    const bytes = ggufFile({
      metadata: {
        'x.large': value.uint64(2n ** 64n - 1n),
        'general.name': value.text('name'),
        'tokenizer.chat_template': value.text('{{ x }}'),
        'general.parameter_count': value.uint32(7),
        __proto__x: value.uint32(1),
        'a.infinite': value.float32(Infinity),
      },
      tensors: [{ name: 'a', shape: [32, 2, 3], type: 2 }],
    });
    const { modelInfo: info } = modelInfo(await readGguf(memorySource(bytes), { arrays: 'read' }), { verbose: true });
    expect(JSON.stringify(info)).toBe(
      '{"__proto__x":1,"a.infinite":null,"general.parameter_count":192,"x.large":18446744073709552000}',
    );
  });
});
