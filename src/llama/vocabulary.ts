/** Text to tokens and back, over buffers that are reused: no allocation per token beyond the bytes handed out. */
import { CorralError } from '../core/corral-error.ts';
import type { Bindings } from './bindings.ts';
import type { Pointer } from './structs.ts';

export class Vocabulary {
  readonly handle: Pointer;
  readonly size: number;
  /** Whether the tokenizer puts BOS first when special tokens are asked for. */
  readonly addsBos: boolean;
  readonly #bindings: Bindings;
  #tokens = new Int32Array(4096);
  #piece = Buffer.alloc(256);
  readonly #endOfGeneration = new Map<number, boolean>();

  constructor(bindings: Bindings, model: Pointer) {
    this.#bindings = bindings;
    this.handle = bindings.vocabulary(model);
    this.size = bindings.vocabularySize(this.handle);
    this.addsBos = bindings.addsBos(this.handle);
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
    for (;;) {
      const length = this.#bindings.tokenToPiece(this.handle, token, this.#piece, this.#piece.length, 0, special);
      if (length >= 0) return Buffer.from(this.#piece.subarray(0, length));
      this.#piece = Buffer.alloc(-length);
    }
  }

  /** Whether the id exists in this vocabulary. Ids from clients must pass this before any native code sees them. */
  has(token: number): boolean {
    return Number.isInteger(token) && token >= 0 && token < this.size;
  }

  isEndOfGeneration(token: number): boolean {
    let known = this.#endOfGeneration.get(token);
    if (known === undefined) {
      known = this.#bindings.isEndOfGeneration(this.handle, token);
      this.#endOfGeneration.set(token, known);
    }
    return known;
  }

  /** A token that ends an answer. */
  get endToken(): number {
    return this.#bindings.eosToken(this.handle);
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
}
