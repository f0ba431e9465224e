/** The embedding model that comes with Corral as the checkpoint that its GGUF was converted from. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readGguf } from '../../src/formats/gguf/read-gguf.ts';
import { memorySource } from './gguf-writer.ts';
import { starterDir } from './starter-store.ts';
import { safetensorsFile, type CheckpointFiles, type StoredTensor } from './tiny-checkpoint.ts';

export const embeddingWeights = 'sha256:abeb1316372b0b6864ee420a39e7b261651687126a7a321114b7b1aafcd00601';

const names: Readonly<Record<string, string>> = {
  attn_q: 'attention.self.query',
  attn_k: 'attention.self.key',
  attn_v: 'attention.self.value',
  attn_output: 'attention.output.dense',
  attn_output_norm: 'attention.output.LayerNorm',
  ffn_up: 'intermediate.dense',
  ffn_down: 'output.dense',
  layer_output_norm: 'output.LayerNorm',
  token_embd: 'embeddings.word_embeddings',
  token_types: 'embeddings.token_type_embeddings',
  position_embd: 'embeddings.position_embeddings',
  token_embd_norm: 'embeddings.LayerNorm',
};

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

export async function embeddingCheckpoint(): Promise<CheckpointFiles> {
  const bytes = readFileSync(path.join(starterDir, 'blobs', embeddingWeights.replace(':', '-')));
  const gguf = await readGguf(memorySource(bytes), { arrays: 'read' });
  const tensors: Record<string, StoredTensor> = {
    // What training left behind and nobody needs.
    'embeddings.position_ids': { type: 'I64', shape: [1, 2], bytes: new Uint8Array(16) },
    'pooler.dense.bias': { type: 'F32', shape: [1], bytes: new Uint8Array(4) },
  };
  for (const { name, shape, type, offsetBytes, sizeBytes } of gguf.tensors) {
    const parts = name.split('.');
    const [part = '', kind = ''] = parts.slice(-2);
    const layer = parts[0] === 'blk' ? `encoder.layer.${parts[1]}.` : '';
    const at = gguf.dataOffsetBytes + offsetBytes;
    const found = { type, shape: shape.toReversed(), bytes: bytes.subarray(at, at + sizeBytes) };
    tensors[`${layer}${names[part]}.${kind}`] = found;
  }
  const listed = gguf.metadata.get('tokenizer.ggml.tokens');
  if (typeof listed !== 'object') throw new Error('the starter model has no tokens');
  const tokens = (listed.values ?? []).map((token) => wordPiece(String(token)));
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
  return new Map([
    ['model.safetensors', safetensorsFile(tensors)],
    [
      'config.json',
      json({
        architectures: ['BertModel'],
        hidden_size: 384,
        intermediate_size: 1536,
        num_hidden_layers: 6,
        num_attention_heads: 12,
        max_position_embeddings: 512,
        layer_norm_eps: 1e-12,
        vocab_size: tokens.length,
      }),
    ],
    [
      'tokenizer.json',
      json({
        added_tokens: special.map((content) => ({ id: tokens.indexOf(content), content, special: true })),
        pre_tokenizer: { type: 'BertPreTokenizer' },
        model: { type: 'WordPiece', vocab: Object.fromEntries(tokens.map((token, id) => [token, id])) },
      }),
    ],
    [
      'tokenizer_config.json',
      json(Object.fromEntries(special.map((token) => [`${token.slice(1, -1).toLowerCase()}_token`, token]))),
    ],
    [
      'modules.json',
      json([
        { type: 'sentence_transformers.models.Transformer', path: '' },
        { type: 'sentence_transformers.models.Pooling', path: '1_Pooling' },
        { type: 'sentence_transformers.models.Normalize', path: '2_Normalize' },
      ]),
    ],
    ['1_Pooling/config.json', json({ pooling_mode_cls_token: false, pooling_mode_mean_tokens: true })],
  ]);
}

/** GGUF marks what begins a word, WordPiece what goes on within one. */
function wordPiece(token: string): string {
  if (token.startsWith('[') && token.endsWith(']')) return token;
  return token.startsWith('▁') ? token.slice(1) : `##${token}`;
}
