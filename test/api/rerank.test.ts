/** Documents by relevance, with the built server and the real engine: by a reranker, and by an embedding model's vectors. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answered, post } from '../support/api-client.ts';
import { chatModel, embeddingModel, startCorral, type CorralServer } from '../support/corral-server.ts';
import { rerankerFile, type Pooling } from '../support/reranker-file.ts';
import { digestOf } from '../support/starter-store.ts';

interface Ranking {
  readonly method: string;
  readonly results: readonly {
    readonly index: number;
    readonly relevance_score: number;
    readonly document?: { readonly text: string };
  }[];
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
}

const query = 'What do pandas eat?';
const documents = [
  'The stock market fell by two percent on Monday.',
  'Pandas eat bamboo for most of the day.',
  'A recipe for bread needs flour, water and salt.',
];
const one = Float32Array.from({ length: 384 }, (_, index) => Math.sin(index * 0.7));
const other = Float32Array.from({ length: 384 }, (_, index) => Math.cos(index * 1.3) / 4);

let server: CorralServer;
let base: string;
beforeAll(async () => {
  server = await startCorral();
  const { modelfile } = JSON.parse((await post(server, '/api/show', { model: embeddingModel })).text) as Record<
    string,
    string
  >;
  base = /^FROM (.+)$/m.exec(modelfile ?? '')?.[1] ?? '';
  await created('judge', one, 'rank');
  await created('other-judge', other, 'rank');
  await created('vectors', one, 'cls');
});
afterAll(() => server.stop());

async function created(model: string, classifier: Float32Array, pooling: Pooling): Promise<void> {
  const file = await rerankerFile(base, classifier, pooling);
  const digest = digestOf(file);
  writeFileSync(path.join(server.modelsDir, 'blobs', digest.replace(':', '-')), file);
  await answered(server, '/api/create', { model, files: { 'model.gguf': digest }, stream: false });
}

async function ranked(body: Readonly<Record<string, unknown>>, route = '/v1/rerank'): Promise<Ranking> {
  const { status, text } = await post(server, route, { query, documents, ...body });
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' });
  return JSON.parse(text) as Ranking;
}

/** In the order of the documents. */
const scores = ({ results }: Ranking) => results.toSorted((a, b) => a.index - b.index).map((r) => r.relevance_score);
const logit = (probability: number) => Math.log(probability / (1 - probability));
const product = (a: Float32Array, b: readonly number[]) =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

describe('a reranker', () => {
  test('gives each document the score of its classifier, the best first', async () => {
    const reply = await ranked({ model: 'judge' });
    expect(reply).toMatchObject({ object: 'list', model: 'judge', method: 'reranker' });
    const values = reply.results.map((result) => result.relevance_score);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(new Set(values).size).toBe(documents.length);
    expect(values.every((value) => value > 0 && value < 1)).toBe(true);
  });

  test('judges query and document together, framed as its base frames a pair', async () => {
    // The first token's vector as an embedding has an unknown length, the same for both classifiers: their quotient has none.
    const quotients = scores(await ranked({ model: 'judge' })).map(logit);
    const others = scores(await ranked({ model: 'other-judge' })).map(logit);
    const input = documents.map((document) => `${query} [SEP] ${document}`);
    const { embeddings = [] } = await answered(server, '/api/embed', { model: 'vectors', input });
    for (const [index, vector] of embeddings.entries()) {
      const expected = product(one, vector) / product(other, vector);
      expect((quotients[index] ?? 0) / (others[index] ?? 0)).toBeCloseTo(expected, 2);
    }
    expect(embeddings).toHaveLength(documents.length);
  });

  test('scores a document the same whatever stands beside it', async () => {
    const all = scores(await ranked({ model: 'judge' }));
    const [alone] = scores(await ranked({ model: 'judge', documents: [documents[1]] }));
    expect(alone).toBeCloseTo(all[1] ?? 0, 4);
  });

  test('cuts a document that is too long, but no query', async () => {
    const long = 'bamboo '.repeat(3000);
    const reply = await ranked({ model: 'judge', documents: [long] });
    const { model_info: info } = JSON.parse((await post(server, '/api/show', { model: 'judge' })).text) as {
      model_info: Record<string, number>;
    };
    expect(reply.usage.prompt_tokens).toBe(info['bert.context_length']);
    const { status, text } = await post(server, '/api/rerank', { model: 'judge', query: long, documents });
    expect([status, JSON.parse(text)]).toEqual([400, { error: 'the query is longer than the context of the model' }]);
  });

  test('has no embeddings', async () => {
    const { status, text } = await post(server, '/api/embed', { model: 'judge', input: 'x' });
    expect([status, JSON.parse(text)]).toEqual([400, { error: 'this model does not support embeddings' }]);
  });
});

describe('an embedding model', () => {
  test('ranks by similarity, and says so', async () => {
    const reply = await ranked({ model: embeddingModel });
    expect(reply.method).toBe('embedding_similarity');
    expect(reply.results[0]?.index).toBe(1);
    const { embeddings = [] } = await answered(server, '/api/embed', {
      model: embeddingModel,
      input: [query, ...documents],
    });
    const expected = embeddings.slice(1).map((vector) => product(Float32Array.from(embeddings[0] ?? []), vector));
    for (const [index, value] of scores(reply).entries()) expect(value).toBeCloseTo(expected[index] ?? 0, 4);
    expect(reply.usage.total_tokens).toBe(reply.usage.prompt_tokens);
  });

  test('takes documents as objects, gives back the best of them, text and all', async () => {
    const body = { model: embeddingModel, documents: [{ text: 'bread' }, { text: documents[1] }, ''] };
    const { results } = await ranked({ ...body, top_n: 1, return_documents: true }, '/api/rerank');
    expect(results).toEqual([{ index: 1, relevance_score: expect.any(Number), document: { text: documents[1] } }]);
    expect((await ranked({ ...body, top_n: 99 })).results).toHaveLength(3);
  });
});

describe('what can’t be ranked', () => {
  test.each<[string, Record<string, unknown>, number, string]>([
    ['no documents', { documents: [] }, 400, 'invalid value for "documents": expected at least one document'],
    ['documents left out', { documents: null }, 400, 'documents are required'],
    ['no query', { query: null }, 400, 'query is required'],
    ['an empty query', { query: '' }, 400, 'invalid value for "query": expected a text'],
    ['no result wanted', { top_n: 0 }, 400, 'invalid value for "top_n": expected at least 1'],
    [
      'a document that is a number',
      { documents: ['a', 5] },
      400,
      'invalid value for "documents[1]": expected a string or an object with a text',
    ],
    [
      'too many documents',
      { documents: Array.from({ length: 2049 }, () => 'x') },
      400,
      'invalid value for "documents": at most 2048 documents are ranked at once',
    ],
    ['a model that only writes', { model: chatModel }, 400, `model "${chatModel}" does not support reranking`],
    ['a model that is not there', { model: 'absent' }, 404, 'model "absent" not found, try pulling it first'],
    ['no model', { model: '' }, 400, 'model is required'],
  ])('%s', async (_, body, status, message) => {
    const order = { model: embeddingModel, query, documents, ...body };
    const reply = await post(server, '/api/rerank', order);
    expect([reply.status, JSON.parse(reply.text)]).toEqual([status, { error: message }]);
    const openai = await post(server, '/v1/rerank', order);
    expect(JSON.parse(openai.text)).toMatchObject({ error: { message, type: expect.any(String) } });
  });
});
