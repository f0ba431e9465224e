/**
 * The pieces of a SentencePiece model (`tokenizer.model`): a protocol buffer whose field 1 repeats, each a piece with its text (1), score
 * (2) and type (3). Written after sentencepiece_model.proto and the protocol buffers' own description of their bytes.
 */
import { badCheckpoint } from './bad-checkpoint.ts';

export interface SentencePiece {
  readonly text: string;
  readonly score: number;
  /** As `tokenizer.ggml.token_type` has it too: 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte. */
  readonly type: number;
}

/** The largest models have 262,144. */
const maxPieces = 1_000_000;

/** Throws `bad_checkpoint`. */
export function readSentencePieces(bytes: Uint8Array): readonly SentencePiece[] {
  const pieces: SentencePiece[] = [];
  for (const { field, value } of fieldsOf(bytes)) {
    if (field !== 1 || typeof value === 'number') continue;
    if (pieces.length === maxPieces) throw badCheckpoint('"tokenizer.model" has too many pieces');
    pieces.push(pieceOf(value));
  }
  return pieces;
}

function pieceOf(bytes: Uint8Array): SentencePiece {
  let text = '';
  let score = 0;
  let type = 1;
  for (const { field, value } of fieldsOf(bytes)) {
    if (field === 1 && typeof value !== 'number') text = Buffer.from(value).toString();
    if (field === 2 && typeof value !== 'number' && value.length === 4) score = Buffer.from(value).readFloatLE();
    if (field === 3 && typeof value === 'number') type = value;
  }
  return { text, score, type };
}

interface Field {
  readonly field: number;
  /** A whole number, or the bytes of anything else. */
  readonly value: number | Uint8Array;
}

/** Bytes of a value by its wire type, where that alone tells. */
const fixedBytes: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const bad = () => badCheckpoint('"tokenizer.model" is no SentencePiece model');
  const takeNumber = () => {
    let value = 0;
    // Ten bytes are the longest number there is.
    for (let scale = 1, length = 0; length < 10; scale *= 128, length++) {
      const byte = bytes[at++];
      if (byte === undefined) throw bad();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw bad();
  };
  while (at < bytes.length) {
    const tag = takeNumber();
    const wireType = tag % 8;
    const field = Math.floor(tag / 8);
    if (wireType === 0) {
      yield { field, value: takeNumber() };
      continue;
    }
    const length = wireType === 2 ? takeNumber() : fixedBytes[wireType];
    if (length === undefined || at + length > bytes.length) throw bad();
    yield { field, value: bytes.subarray(at, at + length) };
    at += length;
  }
}
