/** What a GGUF says about the tokenizer of a checkpoint. */
import type { MetadataValue } from '../gguf/encode-metadata.ts';
import { badCheckpoint } from './bad-checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { preTokenizerOf } from './pre-tokenizer.ts';
import { asObject, type JsonObject } from '../untrusted-json.ts';
import { readJsonObject, readCheckpointFile } from './read-json-file.ts';
import { addedTokens, contentOf, readVocabulary, type Vocabulary } from './vocabulary.ts';

export interface Tokenizer {
  readonly vocabulary: Vocabulary;
  /** Everything of `tokenizer.*` that does not depend on the list of tokens. */
  readonly entries: ReadonlyMap<string, MetadataValue>;
  /** Whether nothing is known of how it cuts a text into words; the engine's default is used then. */
  readonly isPreTokenizerUnknown: boolean;
}

/** Special tokens by their name in tokenizer_config.json, and in GGUF (whose spelling of separator is llama.cpp's). */
const specialTokens = [
  ['bos', 'bos'],
  ['eos', 'eos'],
  ['unk', 'unknown'],
  ['sep', 'seperator'],
  ['pad', 'padding'],
  ['cls', 'cls'],
  ['mask', 'mask'],
] as const;

/** Throws `bad_checkpoint`, and what the sources throw. */
export async function readTokenizer(checkpoint: Checkpoint): Promise<Tokenizer> {
  const { files } = checkpoint;
  const tokenizer = await readJsonObject(files, 'tokenizer.json');
  const config = (await readJsonObject(files, 'tokenizer_config.json')) ?? {};
  const generation = (await readJsonObject(files, 'generation_config.json')) ?? {};
  const vocabulary = await readVocabulary(checkpoint, tokenizer);
  const pre = tokenizer === undefined ? 'default' : preTokenizerOf(tokenizer);
  const merges = tokenizer === undefined ? [] : mergesOf(tokenizer);
  const template = (await ownTemplate(checkpoint)) ?? templateOf(config);

  const entries = new Map<string, MetadataValue>();
  entries.set('tokenizer.ggml.pre', { type: 'string', value: pre ?? 'default' });
  if (merges.length > 0) entries.set('tokenizer.ggml.merges', { type: 'string[]', value: merges });
  if (template !== undefined && template !== '') {
    entries.set('tokenizer.chat_template', { type: 'string', value: template });
  }
  const ids = idsByText(vocabulary, tokenizer);
  for (const [name, key] of specialTokens) {
    const content = contentOf(config[`${name}_token`]);
    const id = content === undefined ? undefined : ids.get(content);
    if (id === undefined) continue;
    const isAdded = config[`add_${name}_token`];
    if (typeof isAdded === 'boolean') entries.set(`tokenizer.ggml.add_${key}_token`, { type: 'bool', value: isAdded });
    entries.set(`tokenizer.ggml.${key}_token_id`, { type: 'uint32', value: id });
    const several = generation[`${name}_token_id`];
    if (isIds(several)) entries.set(`tokenizer.ggml.${key}_token_ids`, { type: 'int32[]', value: several });
  }
  return { vocabulary, entries, isPreTokenizerUnknown: vocabulary.model === 'gpt2' && pre === undefined };
}

/** A SentencePiece tokenizer may come without tokenizer.json; then its own list tells. */
function idsByText({ tokens }: Vocabulary, tokenizer: JsonObject | undefined): ReadonlyMap<string, number> {
  return tokenizer === undefined
    ? new Map(tokens.map(({ text }, id) => [text, id]))
    : new Map(addedTokens(tokenizer).map(({ content, id }) => [content, id]));
}

/** Pairs with a space between, as GGUF has them; newer files have lists of two. */
function mergesOf(tokenizer: JsonObject): readonly string[] {
  const merges = asObject(tokenizer['model'])?.['merges'] ?? [];
  if (!Array.isArray(merges)) throw badCheckpoint('tokenizer.json: the merges are no list');
  return merges.map((merge: unknown) => {
    if (typeof merge === 'string') return merge;
    if (Array.isArray(merge) && merge.every((part) => typeof part === 'string')) return merge.join(' ');
    throw badCheckpoint('tokenizer.json: a merge is no pair of texts');
  });
}

/** A file of its own goes before what the configuration says, as in the transformers library. */
async function ownTemplate({ files }: Checkpoint): Promise<string | undefined> {
  const bytes = await readCheckpointFile(files, 'chat_template.jinja');
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** One text, or several with names. */
function templateOf(config: JsonObject): string | undefined {
  const template = config['chat_template'];
  if (typeof template === 'string') return template;
  const named = (Array.isArray(template) ? template : []).map((entry) => asObject(entry) ?? {});
  const chosen = named.find(({ name }) => name === 'default')?.['template'];
  return typeof chosen === 'string' ? chosen : undefined;
}

const isIds = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((id) => Number.isInteger(id) && id >= 0 && id < 2 ** 31);
