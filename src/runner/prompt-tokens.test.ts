import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { PromptTokens, type TokenSource } from './prompt-tokens.ts';

/** Splits as byte-level BPE does, then in pieces of three bytes; remembers how much it was asked to read. */
class FakeSource implements TokenSource {
  readonly addsBos = true;
  readonly splitsAtSpaces: boolean;
  readCharacters = 0;
  readonly #ids = new Map<string, number>();
  readonly #lengths: number[] = [0];

  constructor(splitsAtSpaces = true) {
    this.splitsAtSpaces = splitsAtSpaces;
  }

  tokenize(text: string, addSpecial: boolean): Int32Array {
    this.readCharacters += text.length;
    const tokens: number[] = addSpecial ? [0] : [];
    for (const word of text.match(/<end>| ?\p{L}+|\d{1,3}|\s+(?!\S)|\s+| ?[^\s\p{L}\d]+/gu) ?? []) {
      const bytes = Buffer.from(word);
      for (let at = 0; at < bytes.length; at += 3) tokens.push(this.#id(bytes.subarray(at, at + 3)));
    }
    return Int32Array.from(tokens);
  }

  byteLength(token: number): number {
    return this.#lengths[token] ?? 0;
  }

  #id(bytes: Buffer): number {
    const key = bytes.toString('latin1');
    const id = this.#ids.get(key) ?? this.#lengths.push(bytes.length) - 1;
    this.#ids.set(key, id);
    return id;
  }
}

const word = fc.constantFrom(
  'the',
  ' report',
  '은행',
  ' 보고서',
  '12345',
  '\n\n',
  '  ',
  '<end>',
  ' (b)',
  '😀',
  'ㅋㅋ',
  ' a',
);
const passage = (words: number) =>
  fc.array(word, { minLength: 1, maxLength: words }).map((parts) => `${parts.join('')} `);

describe('tokens of prompts', () => {
  test('are those of the whole text, whatever came before', () => {
    fc.assert(
      fc.property(
        fc.array(passage(60), { minLength: 2, maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(4000), passage(20), fc.boolean()), { minLength: 2, maxLength: 12 }),
        (documents, requests) => {
          const source = new FakeSource();
          const prompts = new PromptTokens(source);
          for (const [document, length, question, addSpecial] of requests) {
            const text = (documents[document % documents.length] ?? '').repeat(40).slice(0, length) + question;
            expect([...prompts.tokenize(text, addSpecial, true)]).toEqual([...source.tokenize(text, addSpecial)]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  const document = 'What the committee found in the reports of the year. '.repeat(200);
  const read = (prompts: PromptTokens, source: FakeSource, text: string, keep = true): number => {
    source.readCharacters = 0;
    prompts.tokenize(text, true, keep);
    return source.readCharacters;
  };

  test('are looked for only behind the beginning that was there before', () => {
    const source = new FakeSource();
    const prompts = new PromptTokens(source);
    expect(read(prompts, source, `${document}Why?`)).toBe(document.length + 4);
    expect(read(prompts, source, `${document}When was that?`)).toBeLessThan(400);
    expect(read(prompts, source, `${document}When was that? In May. And where?`)).toBeLessThan(400);
  });

  test('of another beginning are looked for from the start', () => {
    const source = new FakeSource();
    const prompts = new PromptTokens(source);
    read(prompts, source, `${document}Why?`);
    expect(read(prompts, source, `Listen. ${document}Why?`)).toBe(document.length + 12);
  });

  test('leave no text behind that was not to be kept', () => {
    const source = new FakeSource();
    const prompts = new PromptTokens(source);
    read(prompts, source, `${document}Why?`, false);
    expect(read(prompts, source, `${document}When?`)).toBe(document.length + 5);
  });

  test('of a vocabulary that does not split at spaces are those of the whole text', () => {
    const source = new FakeSource(false);
    const prompts = new PromptTokens(source);
    read(prompts, source, `${document}Why?`);
    expect(read(prompts, source, `${document}When?`)).toBe(document.length + 5);
  });

  test('are kept of the last eight beginnings', () => {
    const source = new FakeSource();
    const prompts = new PromptTokens(source);
    const asked = Array.from({ length: 9 }, (_, index) => `${index} ${document}`);
    for (const text of asked) read(prompts, source, text);
    expect(read(prompts, source, `${asked[1] ?? ''}Why?`)).toBeLessThan(400);
    expect(read(prompts, source, `${asked[0] ?? ''}Why?`)).toBe(document.length + 6);
  });
});
