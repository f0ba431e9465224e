import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKeyDecoder, type Key } from './key-decoder.ts';

function decodeIn(chunks: readonly Uint8Array[]): Key[] {
  const decoder = createKeyDecoder();
  return [...chunks.flatMap((chunk) => decoder.decode(chunk)), ...decoder.flush()];
}

function decode(text: string): Key[] {
  return decodeIn([Buffer.from(text)]);
}

/** Neighbouring text and paste parts as one, because where they are cut has no meaning. */
function joined(keys: readonly Key[]): Key[] {
  const whole: Key[] = [];
  for (const key of keys) {
    const last = whole.at(-1);
    if (key.kind !== 'key' && last?.kind === key.kind)
      whole[whole.length - 1] = { kind: key.kind, text: last.text + key.text };
    else whole.push(key);
  }
  return whole;
}

describe('key decoder', () => {
  test.each([
    ['letters', 'ab', [{ kind: 'text', text: 'ab' }]],
    ['Hangul', '한글', [{ kind: 'text', text: '한글' }]],
    ['enter', '\r', [{ kind: 'key', name: 'enter' }]],
    ['Ctrl+J', '\n', [{ kind: 'key', name: 'newline' }]],
    [
      'arrow keys',
      '\u001b[A\u001bOB',
      [
        { kind: 'key', name: 'up' },
        { kind: 'key', name: 'down' },
      ],
    ],
    [
      'delete and home',
      '\u001b[3~\u001b[1~',
      [
        { kind: 'key', name: 'delete' },
        { kind: 'key', name: 'home' },
      ],
    ],
    [
      'moving by words',
      '\u001bb\u001b[1;5C',
      [
        { kind: 'key', name: 'alt-b' },
        { kind: 'key', name: 'word-right' },
      ],
    ],
    ['a lone escape', '\u001b', [{ kind: 'key', name: 'escape' }]],
    ['a sequence nobody knows, which shows nothing', '\u001b[99;1~x', [{ kind: 'text', text: 'x' }]],
    ['a paste', '\u001b[200~a\r\nb\rc\u001b[201~', [{ kind: 'paste', text: 'a\nb\nc' }]],
    [
      'a paste that holds an escape sequence, without its escape',
      '\u001b[200~\u001b[31mx\u001b[201~',
      [{ kind: 'paste', text: '[31mx' }],
    ],
    [
      'Ctrl+C in a paste whose end was lost',
      '\u001b[200~abc\u0003',
      [
        { kind: 'paste', text: 'abc' },
        { kind: 'key', name: 'ctrl-c' },
      ],
    ],
  ])('%s', (_name, text, keys) => {
    expect(joined(decode(text))).toEqual(keys);
  });

  test('a Hangul syllable whose bytes come one by one is one text', () => {
    const bytes = Buffer.from('각');
    const decoder = createKeyDecoder();
    expect([...bytes].map((byte) => decoder.decode(Uint8Array.of(byte)))).toEqual([
      [],
      [],
      [{ kind: 'text', text: '각' }],
    ]);
  });

  test('the keys do not depend on where reads end', () => {
    const parts = [
      'a',
      '한',
      '🙂',
      '\r',
      '\u001b[A',
      '\u001bOF',
      '\u001b[1;5D',
      '\u001bf',
      '\u0003',
      '\u001b[200~x\r\n한\u001b[201~',
      '\u007f',
    ];
    const script = fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map((typed) => Buffer.from(typed.join('')));
    fc.assert(
      fc.property(script, fc.array(fc.nat(6)), (bytes, sizes) => {
        const chunks: Uint8Array[] = [];
        let start = 0;
        for (const size of sizes) {
          chunks.push(bytes.subarray(start, start + size));
          start += size;
        }
        chunks.push(bytes.subarray(start));
        expect(joined(decodeIn(chunks))).toEqual(joined(decodeIn([bytes])));
      }),
    );
  });

  test('random bytes give only printable text and never stop the decoder', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const decoder = createKeyDecoder();
        const keys = [...decoder.decode(bytes), ...decoder.flush()];
        const texts = keys.map((key) => (key.kind === 'key' ? '' : key.text)).join('');
        expect(texts).not.toMatch(/(?![\n\t])\p{Control}/u);
        decoder.decode(Buffer.from('\u0003'.repeat(2)));
        decoder.flush();
        expect(decoder.decode(Buffer.from('ok')).concat(decoder.flush()).at(-1)).toMatchObject({
          text: expect.stringContaining('k') as string,
        });
      }),
    );
  });
});
