/** The tokens of the starter models over HTTP, with the built server and the real engine. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post } from '../support/api-client.ts';
import { chatModel, embeddingModel, startCorral, type CorralServer } from '../support/corral-server.ts';

let server: CorralServer;
beforeAll(async () => {
  server = await startCorral();
});
afterAll(() => server.stop());

interface TokensReply {
  readonly tokens: readonly number[];
  readonly count: number;
}

async function asked(path: string, body: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const { status, text } = await post(server, path, body);
  return { status, ...(JSON.parse(text) as object) };
}

describe('tokenize', () => {
  test.each(['text', 'prompt', 'input', 'content'])(
    'takes the text as %s, and detokenize gives it back',
    async (name) => {
      const text = 'Grüße, 世界! <|im_start|>';
      const reply = await asked('/api/tokenize', { model: chatModel, [name]: text });
      const { tokens, count } = reply as unknown as TokensReply;
      expect(reply).toMatchObject({ status: 200, model: chatModel, total_duration: expect.any(Number) });
      expect(count).toBe(tokens.length);
      expect(await asked('/api/detokenize', { model: chatModel, tokens })).toMatchObject({
        status: 200,
        text,
        content: text,
      });
    },
  );

  test('of a list gives a list for each', async () => {
    const body = { model: chatModel, input: ['one', '', 'one two'] };
    const { tokens, counts, count } = await asked('/api/tokenize', body);
    const lists = tokens as readonly (readonly number[])[];
    expect(lists.map((list) => list.length)).toEqual(counts);
    expect(lists[1]).toEqual([]);
    expect(lists[2]?.slice(0, 1)).toEqual(lists[0]);
    expect(count).toBe((counts as number[]).reduce((sum, one) => sum + one));
  });

  test('counts as many tokens as a prompt of the same text takes', async () => {
    const text = 'The capital of France is';
    const { count } = await asked('/api/tokenize', { model: chatModel, text, add_special: true });
    const generated = await asked('/api/generate', {
      model: chatModel,
      prompt: text,
      raw: true,
      stream: false,
      options: { num_predict: 1 },
    });
    expect(count).toBe(generated['prompt_eval_count']);
  });

  test('puts what the model wants around a text only when asked to', async () => {
    const bare = await asked('/api/tokenize', { model: embeddingModel, text: 'hello world' });
    const framed = await asked('/api/tokenize', { model: embeddingModel, text: 'hello world', add_special: true });
    // [CLS] and [SEP] of BERT's vocabulary.
    expect(framed['tokens']).toEqual([101, ...(bare['tokens'] as number[]), 102]);
  });

  test('reads a special token’s spelling as plain text when told so', async () => {
    const body = { model: chatModel, text: '<|im_end|>' };
    expect((await asked('/api/tokenize', body))['count']).toBe(1);
    expect((await asked('/api/tokenize', { ...body, parse_special: false }))['count']).toBeGreaterThan(1);
  });

  test('tells the pieces: text, or bytes where a token is a part of a character', async () => {
    const text = 'hi 𝔊';
    const { tokens } = await asked('/api/tokenize', { model: chatModel, text, with_pieces: true });
    const pieces = tokens as readonly { readonly id: number; readonly piece: string | readonly number[] }[];
    const bytes = pieces.map(({ piece }) => (typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece)));
    expect(Buffer.concat(bytes).toString()).toBe(text);
    expect(pieces[0]?.piece).toBe('hi');
    expect(pieces.some(({ piece }) => Array.isArray(piece))).toBe(true);
    const plain = await asked('/api/tokenize', { model: chatModel, text });
    expect(pieces.map(({ id }) => id)).toEqual(plain['tokens']);
  });
});

describe('what can’t be answered', () => {
  test.each<[string, string, Record<string, unknown>, number, string]>([
    ['no text', '/api/tokenize', { model: chatModel }, 400, 'text is required'],
    [
      'a number as text',
      '/api/tokenize',
      { model: chatModel, text: 5 },
      400,
      'invalid value for "text": expected a string or a list of strings',
    ],
    ['no model', '/api/tokenize', { text: 'x' }, 400, 'model is required'],
    [
      'a model that is not there',
      '/api/detokenize',
      { model: 'absent' },
      404,
      'model "absent" not found, try pulling it first',
    ],
    [
      'a token below the vocabulary',
      '/api/detokenize',
      { model: chatModel, tokens: [1, -1] },
      400,
      'invalid value for "tokens": the model has no such token',
    ],
    [
      'a token above the vocabulary',
      '/api/detokenize',
      { model: chatModel, tokens: [49_152] },
      400,
      'invalid value for "tokens": the model has no such token',
    ],
    [
      'a token of another size of number',
      '/api/detokenize',
      { model: chatModel, tokens: [2 ** 40] },
      400,
      'invalid value for "tokens": the model has no such token',
    ],
    [
      'a fraction',
      '/api/detokenize',
      { model: chatModel, tokens: [1.5] },
      400,
      'invalid value for "tokens[0]": expected an integer, got a number',
    ],
    [
      'too much text',
      '/api/tokenize',
      { model: chatModel, text: 'x'.repeat(8_000_001) },
      413,
      'the text is too long: at most 8000000 characters are tokenized at once',
    ],
  ])('%s', async (_, path, body, status, error) => {
    expect(await asked(path, body)).toEqual({ status, error });
  });

  test('leaves the model answering', async () => {
    expect(await asked('/api/tokenize', { model: chatModel, text: 'x' })).toMatchObject({ status: 200, count: 1 });
  });
});
