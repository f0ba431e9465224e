/** The tokens of a checkpoint: those of `tokenizer.model` (SentencePiece) where it is there, else those of `tokenizer.json`. */
import { quoted } from '../gguf/bad-gguf.ts';
import { CorralError } from '../../core/corral-error.ts';
import { badCheckpoint } from './bad-checkpoint.ts';
import { asObject, type JsonObject } from '../untrusted-json.ts';
import { readCheckpointFile, readJsonObject } from './read-json-file.ts';
import { readSentencePieces } from './read-sentencepiece.ts';
import type { Checkpoint } from './checkpoint.ts';

export interface Vocabulary {
  /** `tokenizer.ggml.model`: llama (SentencePiece) or gpt2 (byte pairs). */
  readonly model: string;
  /** Whether they are BERT's, which are spelled otherwise in GGUF. */
  readonly isWordPiece: boolean;
  /** By their ids, without gaps. */
  readonly tokens: readonly Token[];
}

export interface Token {
  readonly text: string;
  readonly score: number;
  readonly type: number;
}

/** `tokenizer.ggml.token_type`. */
const tokenType = { normal: 1, control: 3, userDefined: 4, unused: 5 };

/** Each is in three lists of the GGUF, beside which merges lie. The largest vocabularies have 262,144. */
const maxTokens = 1_000_000;

/** `tokenizer`: of tokenizer.json. Throws `bad_checkpoint`, also where there is no tokenizer. */
export async function readVocabulary({ files }: Checkpoint, tokenizer: JsonObject | undefined): Promise<Vocabulary> {
  const pieces = await readCheckpointFile(files, 'tokenizer.model');
  if (pieces !== undefined) {
    const tokens = piecesAsTokens(pieces, await readJsonObject(files, 'special_tokens_map.json'));
    return {
      model: 'llama',
      isWordPiece: false,
      tokens: withAdded(tokens, await readJsonObject(files, 'added_tokens.json')),
    };
  }
  if (tokenizer === undefined) throw badCheckpoint('there is no tokenizer.json and no tokenizer.model');
  const kind = asObject(tokenizer['model'])?.['type'];
  return { model: 'gpt2', isWordPiece: kind === 'WordPiece', tokens: tokensOf(tokenizer) };
}

/** With as many tokens as the model has rows for them: what is missing stands for nothing, what is too much can't be said or heard. */
export function fitted(vocabulary: Vocabulary, rows: number): Vocabulary {
  const { tokens } = vocabulary;
  if (rows > maxTokens) throw badCheckpoint(`a model with ${rows} tokens`);
  const missing = Math.max(0, rows - tokens.length);
  const padding = Array.from({ length: missing }, (_, nth) => ({
    text: `[PAD${nth}]`,
    score: -1,
    type: tokenType.userDefined,
  }));
  return { ...vocabulary, tokens: [...tokens.slice(0, rows), ...padding] };
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
  const vocabulary = asObject(model?.['vocab']);
  const kind = model?.['type'];
  if ((kind !== 'BPE' && kind !== 'WordPiece') || vocabulary === undefined || model?.['byte_fallback'] === true) {
    throw new CorralError(
      'not_supported',
      'this kind of tokenizer can only be read from tokenizer.model, which is missing',
      {
        hint: 'Fetch tokenizer.model of the model, too; where it has none, convert it with convert_hf_to_gguf.py of llama.cpp.',
      },
    );
  }
  const tokens: Token[] = [];
  for (const [text, id] of Object.entries(vocabulary)) {
    tokens[checkedId(id, text)] = { text, score: Number(id), type: tokenType.normal };
  }
  for (const { content, id, isSpecial } of addedTokens(tokenizer)) {
    tokens[id] = { text: content, score: id, type: isSpecial ? tokenType.control : tokenType.userDefined };
  }
  // Ids that are left out keep their places: what follows them would be other tokens otherwise.
  return Array.from(tokens, (token, id) => token ?? { text: `[UNUSED${id}]`, score: -1, type: tokenType.unused });
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
  if (Number.isInteger(id) && Number(id) >= 0 && Number(id) < maxTokens) return Number(id);
  throw badCheckpoint(`tokenizer.json: the id of ${quoted(text)} is none`);
}
