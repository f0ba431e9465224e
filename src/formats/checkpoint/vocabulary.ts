/** The tokens of a checkpoint: those of `tokenizer.model` (SentencePiece) where it is there, else those of `tokenizer.json`. */
import { quoted } from '../gguf/bad-gguf.ts';
import { maxArrayElements } from '../gguf/gguf-limits.ts';
import { badCheckpoint } from './bad-checkpoint.ts';
import { asObject, readJsonObject, type JsonObject } from './read-json-file.ts';
import { readSentencePieces } from './read-sentencepiece.ts';
import type { Checkpoint } from './checkpoint.ts';

export interface Vocabulary {
  /** `tokenizer.ggml.model`: llama (SentencePiece) or gpt2 (byte pairs). */
  readonly model: string;
  /** By their ids, without gaps. */
  readonly tokens: readonly Token[];
}

export interface Token {
  readonly text: string;
  readonly score: number;
  readonly type: number;
}

/** `tokenizer.ggml.token_type`. */
const tokenType = { normal: 1, control: 3, userDefined: 4 };

/** `tokenizer`: of tokenizer.json. Throws `bad_checkpoint`, also where there is no tokenizer. */
export async function readVocabulary({ files }: Checkpoint, tokenizer: JsonObject | undefined): Promise<Vocabulary> {
  const pieces = files.get('tokenizer.model');
  if (pieces !== undefined) {
    const tokens = piecesAsTokens(
      await pieces.read(0, pieces.sizeBytes),
      await readJsonObject(files, 'special_tokens_map.json'),
    );
    return { model: 'llama', tokens: withAdded(tokens, await readJsonObject(files, 'added_tokens.json')) };
  }
  if (tokenizer === undefined) throw badCheckpoint('there is no tokenizer.json and no tokenizer.model');
  return { model: 'gpt2', tokens: tokensOf(tokenizer) };
}

/** Makes it as long as the model's own list, which may be rounded up. */
export function padded({ model, tokens }: Vocabulary, length: number): Vocabulary {
  if (length > maxArrayElements) throw badCheckpoint('config.json: "vocab_size" is too large');
  const missing = Math.max(0, length - tokens.length);
  const padding = Array.from({ length: missing }, (_, nth) => ({
    text: `[PAD${nth}]`,
    score: -1,
    type: tokenType.userDefined,
  }));
  return { model, tokens: [...tokens, ...padding] };
}

/** Gemma's tokenizer.model has these as plain text, though its templates rely on them. */
const controlPieces = new Set([
  '<end_of_turn>',
  '<start_of_turn>',
  '<start_function_declaration>',
  '<end_function_declaration>',
  '<start_function_call>',
  '<end_function_call>',
  '<start_function_response>',
  '<end_function_response>',
  '<escape>',
]);

/** Types that SentencePiece and GGUF give the same number: unknown, control, unused, byte. */
const keptTypes = new Set([2, 3, 5, 6]);

function piecesAsTokens(bytes: Uint8Array, specialTokens: JsonObject | undefined): Token[] {
  const additional = specialTokens?.['additional_special_tokens'];
  const special = new Set(Array.isArray(additional) ? additional.map(contentOf) : []);
  return readSentencePieces(bytes).map(({ text, score, type }) => {
    if (keptTypes.has(type)) return { text, score, type };
    const isControl = controlPieces.has(text) || special.has(text);
    return { text, score, type: isControl ? tokenType.control : tokenType.normal };
  });
}

function withAdded(tokens: readonly Token[], added: JsonObject | undefined): Token[] {
  const all = [...tokens];
  const byId = Object.entries(added ?? {}).sort(([, one], [, other]) => Number(one) - Number(other));
  for (const [text, id] of byId) {
    if (typeof id === 'number' && all[id]?.text === text) continue;
    if (id !== all.length) throw badCheckpoint(`added_tokens.json: the token ${quoted(text)} is not at its place`);
    all.push({ text, score: -1000, type: tokenType.userDefined });
  }
  return all;
}

function tokensOf(tokenizer: JsonObject): Token[] {
  const model = asObject(tokenizer['model']);
  const isByteFallback = model?.['byte_fallback'] === true;
  if (isByteFallback) {
    throw badCheckpoint(
      'this tokenizer can only be read from tokenizer.model, which is missing',
      'Fetch tokenizer.model of the model, too.',
    );
  }
  const tokens: Token[] = [];
  for (const [text, id] of Object.entries(asObject(model?.['vocab']) ?? {})) {
    tokens[checkedId(id, text)] = { text, score: Number(id), type: tokenType.normal };
  }
  for (const { content, id, isSpecial } of addedTokens(tokenizer)) {
    tokens[id] = { text: content, score: id, type: isSpecial ? tokenType.control : tokenType.userDefined };
  }
  // Where ids are left out the following move up, as in Ollama; the model's own length shows it.
  return tokens.filter(() => true);
}

export interface AddedToken {
  readonly content: string;
  readonly id: number;
  readonly isSpecial: boolean;
}

/** Of tokenizer.json, in its order. */
export function addedTokens(tokenizer: JsonObject): readonly AddedToken[] {
  const added = tokenizer['added_tokens'];
  return (Array.isArray(added) ? added : []).map((entry) => {
    const { content, id, special } = asObject(entry) ?? {};
    if (typeof content !== 'string') throw badCheckpoint('tokenizer.json: an added token has no text');
    return { content, id: checkedId(id, content), isSpecial: special === true };
  });
}

/** The text of a special token, which is a string or an object around one. */
export function contentOf(token: unknown): string | undefined {
  const content = typeof token === 'string' ? token : asObject(token)?.['content'];
  return typeof content === 'string' ? content : undefined;
}

function checkedId(id: unknown, text: string): number {
  if (Number.isInteger(id) && Number(id) >= 0 && Number(id) < maxArrayElements) return Number(id);
  throw badCheckpoint(`tokenizer.json: the id of ${quoted(text)} is none`);
}
