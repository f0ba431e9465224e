/** Text to tokens and back, over buffers that are reused: no allocation per token beyond the bytes handed out. */
import { CorralError } from '../core/corral-error.ts';
import type { Bindings } from './bindings.ts';
import type { Pointer } from './structs.ts';

/** LLAMA_VOCAB_TYPE_BPE. */
const byteLevelBpe = 2;

export class Vocabulary {
  readonly handle: Pointer;
  readonly size: number;
  /** Whether the tokenizer puts BOS first when special tokens are asked for. */
  readonly addsBos: boolean;
  /** Whether texts are split into words from left to right, always between a letter and a space, and nothing is put behind them. */
  readonly splitsAtSpaces: boolean;
  readonly #bindings: Bindings;
  #tokens = new Int32Array(4096);
  #piece = Buffer.alloc(256);
  /** By token: how many bytes it spells, 0xffff not asked yet. */
  readonly #byteLengths: Uint16Array;
  /** By token: 0 not asked yet, 1 goes on, 2 ends. The whole vocabulary is asked about when a grammar is followed. */
  readonly #endOfGeneration: Uint8Array;

  constructor(bindings: Bindings, model: Pointer) {
    this.#bindings = bindings;
    this.handle = bindings.vocabulary(model);
    this.size = bindings.vocabularySize(this.handle);
    this.addsBos = bindings.addsBos(this.handle);
    this.splitsAtSpaces = bindings.vocabularyType(this.handle) === byteLevelBpe && !bindings.addsEos(this.handle);
    this.#byteLengths = new Uint16Array(this.size).fill(0xffff);
    this.#endOfGeneration = new Uint8Array(this.size);
  }

  /** Token ids of `text`. `addSpecial` adds BOS/EOS where the model asks for them, `parseSpecial` recognises special tokens. */
  tokenize(text: string, addSpecial: boolean, parseSpecial = true): Int32Array {
    const bytes = Buffer.from(text, 'utf8');
    for (;;) {
      const count = this.#bindings.tokenize(
        this.handle,
        bytes,
        bytes.length,
        this.#tokens,
        this.#tokens.length,
        addSpecial,
        parseSpecial,
      );
      if (count >= 0) return this.#tokens.slice(0, count);
      if (count === -0x8000_0000) throw new CorralError('bad_request', 'the text is too long to be tokenized');
      this.#tokens = new Int32Array(-count);
    }
  }

  /** UTF-8 bytes of one token; often a part of a character. `special` shows control tokens as text. A copy. */
  piece(token: number, special: boolean): Buffer {
    const length = this.#readPiece(token, special);
    return Buffer.from(this.#piece.subarray(0, length));
  }

  /** The bytes of one token as they stand in an answer (control tokens: none, unless `visible`), one character for each byte. */
  spelling(token: number, visible: boolean): string {
    const length = this.#readPiece(token, visible);
    return this.#piece.toString('latin1', 0, length);
  }

  /** UTF-8 bytes of a token in a text, control tokens as they are spelled. */
  byteLength(token: number): number {
    const known = this.#byteLengths[token] ?? 0;
    if (known !== 0xffff) return known;
    const length = this.#readPiece(token, true);
    this.#byteLengths[token] = length;
    return length;
  }

  /** Leaves the bytes in the buffer; how many there are. */
  #readPiece(token: number, special: boolean): number {
    for (;;) {
      const length = this.#bindings.tokenToPiece(this.handle, token, this.#piece, this.#piece.length, 0, special);
      if (length >= 0) return length;
      this.#piece = Buffer.alloc(-length);
    }
  }

  /** Whether the id exists in this vocabulary. Ids from clients must pass this before any native code sees them. */
  has(token: number): boolean {
    return Number.isInteger(token) && token >= 0 && token < this.size;
  }

  isEndOfGeneration(token: number): boolean {
    const known = this.#endOfGeneration[token] ?? 0;
    if (known !== 0) return known === 2;
    const ends = this.#bindings.isEndOfGeneration(this.handle, token);
    this.#endOfGeneration[token] = ends ? 2 : 1;
    return ends;
  }

  /** Whole text of a token list, BOS and other control tokens shown as text. */
  detokenize(tokens: readonly number[]): string {
    return Buffer.concat(tokens.map((token) => this.piece(token, true))).toString('utf8');
  }

  /** Tokens that `tokenize` with addSpecial puts around an embedding input: [before, after]. */
  specialFrame(): readonly [readonly number[], readonly number[]] {
    const b = this.#bindings;
    const after: number[] = [];
    if (b.addsEos(this.handle)) after.push(b.eosToken(this.handle));
    else if (b.addsSep(this.handle)) after.push(b.sepToken(this.handle));
    return [this.addsBos ? [b.bosToken(this.handle)] : [], after];
  }

  /**
   * Tokens before, between and after the two texts of a pair. What ends a text stands between them and at the end; a vocabulary that only
   * separates (BERT's) ends the pair with its separator, as its models were trained.
   */
  pairFrame(): readonly [readonly number[], readonly number[], readonly number[]] {
    const b = this.#bindings;
    const separator = b.sepToken(this.handle);
    const eos = b.eosToken(this.handle);
    const end = b.addsEos(this.handle) ? [eos < 0 ? separator : eos] : [];
    const between = b.addsSep(this.handle) ? [...end, separator] : end;
    return [this.addsBos ? [b.bosToken(this.handle)] : [], between, end.length > 0 ? end : between];
  }
}
