/** What the rest of Corral wants to know about a model, taken from its header. Defaults are those of llama.cpp. */
import { badGguf } from './bad-gguf.ts';
import { fileTypeText } from './file-type-text.ts';
import type { Gguf } from './gguf.ts';
import { arrayOf, booleanOf, countOf, countPerLayer, elementOf, textOf } from './gguf-values.ts';
import { parameterText } from './parameter-text.ts';

export interface ModelFacts {
  /** `llama`, `bert`, ...; `unknown` where the file doesn't say. */
  readonly architecture: string;
  readonly parameterCount: number;
  /** `134.52M` */
  readonly parameterText: string;
  /** `Q4_1`, ...; `unknown` where the file doesn't say. */
  readonly fileTypeText: string;
  /** Tokens the model was trained for. */
  readonly contextLength: number | undefined;
  readonly embeddingLength: number | undefined;
  readonly blockCount: number;
  /** Attention heads of each layer; 0 = a layer without attention. */
  readonly headCounts: readonly number[];
  readonly kvHeadCounts: readonly number[];
  /** Numbers per head in the K and V cache. */
  readonly keyLength: number;
  readonly valueLength: number;
  readonly feedForwardLengths: readonly number[];
  readonly vocabularySize: number;
  /** Numbers of enum llama_pooling_type: 1 = mean, 2 = CLS, 3 = last. Only models made for embeddings say this. */
  readonly poolingType: number | undefined;
  readonly isEmbedding: boolean;
  readonly hasVision: boolean;
  readonly hasAudio: boolean;
  /** Jinja source. */
  readonly chatTemplate: string | undefined;
  /** Texts of the tokens; empty where the model has none. */
  readonly bosToken: string;
  readonly eosToken: string;
  /** Whether the tokenizer itself begins a prompt with bos. */
  readonly addsBos: boolean;
  /** Tokens that sliding-window layers look back; undefined = the model has no such layers, or doesn't say. */
  readonly slidingWindow: number | undefined;
  /** Whether some or all layers keep a state of fixed size instead of a KV cache (Mamba, RWKV, short convolutions, ...). */
  readonly isRecurrent: boolean;
}

/** LLAMA_MAX_LAYERS is 512; the deepest models have 126. */
const maxBlocks = 1024;

/** Throws `bad_gguf` for an impossible number of layers. */
export function modelFacts(gguf: Gguf): ModelFacts {
  const architecture = textOf(gguf, 'general.architecture') ?? 'unknown';
  const own = (name: string): string => `${architecture}.${name}`;

  const blockCount = countOf(gguf, own('block_count')) ?? 0;
  if (blockCount > maxBlocks) throw badGguf(`it claims ${blockCount} layers, at most ${maxBlocks} are possible`);
  const embeddingLength = countOf(gguf, own('embedding_length'));
  const headCounts = countPerLayer(gguf, own('attention.head_count'), blockCount, 0);
  const headLength = Math.floor((embeddingLength ?? 0) / Math.max(1, ...headCounts));
  const parameterCount = countParameters(gguf);
  const tokens = arrayOf(gguf, 'tokenizer.ggml.tokens');
  const tokenText = (name: string): string => {
    const token = elementOf(tokens, countOf(gguf, `tokenizer.ggml.${name}_token_id`));
    return typeof token === 'string' ? token : '';
  };

  return {
    architecture,
    parameterCount,
    parameterText: parameterText(parameterCount),
    fileTypeText: fileTypeText(countOf(gguf, 'general.file_type')),
    contextLength: countOf(gguf, own('context_length')),
    embeddingLength,
    blockCount,
    headCounts,
    kvHeadCounts: gguf.metadata.has(own('attention.head_count_kv'))
      ? countPerLayer(gguf, own('attention.head_count_kv'), blockCount, 0)
      : headCounts,
    keyLength: countOf(gguf, own('attention.key_length')) ?? headLength,
    valueLength: countOf(gguf, own('attention.value_length')) ?? headLength,
    feedForwardLengths: countPerLayer(gguf, own('feed_forward_length'), blockCount, 0),
    vocabularySize: tokens?.length ?? countOf(gguf, own('vocab_size')) ?? 0,
    poolingType: countOf(gguf, own('pooling_type')),
    isEmbedding: gguf.metadata.has(own('pooling_type')),
    hasVision: gguf.metadata.has(own('vision.block_count')),
    hasAudio: gguf.metadata.has(own('audio.block_count')),
    chatTemplate: textOf(gguf, 'tokenizer.chat_template'),
    bosToken: tokenText('bos'),
    eosToken: tokenText('eos'),
    addsBos: booleanOf(gguf, 'tokenizer.ggml.add_bos_token') ?? addsBosByDefault(gguf),
    slidingWindow: countOf(gguf, own('attention.sliding_window')) || undefined,
    isRecurrent: recurrentKeys.some((key) => gguf.metadata.has(own(key))),
  };
}

function countParameters(gguf: Gguf): number {
  return gguf.tensors.reduce((sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1), 0);
}

/** Keys that only models with layers of fixed-size state have. */
const recurrentKeys: readonly string[] = ['ssm.state_size', 'wkv.head_size', 'shortconv.l_cache', 'kda.head_dim'];

/** Byte-pair vocabularies whose models want bos although their file doesn't say so. */
const bytePairsWithBos: ReadonlySet<string> = new Set([
  'chameleon',
  'falcon-h1',
  'falcon3',
  'gemma4',
  'jina-v5-nano',
  'lfm2',
  'llama-bpe',
  'llama-v3',
  'llama3',
  'midm-2.0',
  'pixtral',
  'tekken',
]);

function addsBosByDefault(gguf: Gguf): boolean {
  const tokenizer = textOf(gguf, 'tokenizer.ggml.model');
  if (tokenizer === 'llama' || tokenizer === 'bert') return true;
  return bytePairsWithBos.has(textOf(gguf, 'tokenizer.ggml.pre') ?? '');
}
