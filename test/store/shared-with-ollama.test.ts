/**
 * One store, two programs: real Ollama and Corral run on one folder at the same time, and each lists, shows, runs, copies and deletes what
 * the other wrote. Where there is no Ollama to run, a second Corral takes its part.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCorral, type CorralServer } from '../support/corral-server.ts';
import { peersFolder, startOllama } from '../support/real-ollama.ts';

interface Program {
  readonly url: string;
  stop(): Promise<void>;
}

interface Listed {
  readonly name: string;
  readonly digest: string;
  readonly size: number;
}

type Body = Readonly<Record<string, unknown>>;
type Ask = (program: Program, method: string, route: string, body: Body) => Promise<unknown>;

async function call(program: Program, method: string, route: string, body?: Body | string): Promise<Response> {
  const payload = typeof body === 'object' ? JSON.stringify(body) : body;
  const options = payload === undefined ? { method } : { method, body: payload };
  return fetch(program.url + route, options);
}

async function done(program: Program, method: string, route: string, body?: Body | string): Promise<unknown> {
  const reply = await call(program, method, route, body);
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${route}: ${reply.status} ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

async function list(program: Program): Promise<readonly Listed[]> {
  const { models } = (await done(program, 'GET', '/api/tags')) as { models: readonly Listed[] };
  return models
    .map(({ name, digest, size }) => ({ name, digest, size }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

const names = async (program: Program) => (await list(program)).map(({ name }) => name);
const make = (program: Program, model: string, system: string, ask: Ask = done) =>
  ask(program, 'POST', '/api/create', { model, from: 'smollm2:135m', system, stream: false });
const remove = (program: Program, model: string, ask: Ask = done) => ask(program, 'DELETE', '/api/delete', { model });
const copy = (program: Program, source: string, destination: string, ask: Ask = done) =>
  ask(program, 'POST', '/api/copy', { source, destination });

async function says(program: Program, model: string): Promise<string> {
  const options = { temperature: 0, num_predict: 4 };
  const body = { model, prompt: 'Name a colour.', options, stream: false, keep_alive: 0 };
  return ((await done(program, 'POST', '/api/generate', body)) as { response: string }).response;
}

const ollama = peersFolder();
const others: readonly (readonly [string, (modelsDir: string) => Promise<Program>])[] = [
  ['a second Corral', (modelsDir) => startCorral({ OLLAMA_MODELS: modelsDir })],
  ...(ollama === undefined
    ? []
    : [['real Ollama', (modelsDir: string): Promise<Program> => startOllama(ollama, modelsDir)] as const]),
];

describe.each(others)('a store that is shared with %s', (_, start) => {
  let corral: CorralServer;
  let other: Program;
  beforeAll(async () => {
    corral = await startCorral();
    other = await start(corral.modelsDir);
  });
  afterAll(async () => {
    await other.stop();
    await corral.stop();
  });

  const blobFile = (text: string) =>
    path.join(corral.modelsDir, 'blobs', `sha256-${createHash('sha256').update(text).digest('hex')}`);
  const isThere = (file: string) =>
    stat(file).then(
      () => true,
      () => false,
    );

  test('is listed alike by both', async () => {
    expect(await names(corral)).toEqual(['all-minilm:latest', 'smollm2:135m']);
    expect(await list(other)).toEqual(await list(corral));
  });

  test('what Corral made is listed, shown, run and deleted by the other', async () => {
    await make(corral, 'by-corral', 'Answer as a pirate would.');
    expect(await list(other)).toEqual(await list(corral));
    expect(await done(other, 'POST', '/api/show', { model: 'by-corral' })).toMatchObject({
      system: 'Answer as a pirate would.',
    });
    expect(await says(other, 'by-corral')).not.toBe('');
    await remove(other, 'by-corral');
    expect(await isThere(blobFile('Answer as a pirate would.'))).toBe(false);
    expect((await call(corral, 'POST', '/api/show', { model: 'by-corral' })).status).toBe(404);
    expect(await list(other)).toEqual(await list(corral));
  });

  test('what the other made is listed, shown, run and deleted by Corral', async () => {
    await make(other, 'Team/By-Other:v1', 'Answer as a poet would.');
    expect(await list(corral)).toEqual(await list(other));
    expect(await done(corral, 'POST', '/api/show', { model: 'team/by-other:v1' })).toMatchObject({
      system: 'Answer as a poet would.',
    });
    expect(await says(corral, 'team/by-other:v1')).not.toBe('');
    await remove(corral, 'team/by-other:v1');
    expect(await isThere(blobFile('Answer as a poet would.'))).toBe(false);
    expect(await list(other)).toEqual(await list(corral));
  });

  test('a model copied under two names by both shares its files until the last is deleted', async () => {
    await make(corral, 'first', 'Be exact.');
    await copy(other, 'first', 'second');
    await copy(corral, 'second', 'third');
    await remove(corral, 'first');
    await remove(other, 'third');
    expect(await isThere(blobFile('Be exact.'))).toBe(true);
    expect(await names(corral)).toContain('second:latest');
    await remove(corral, 'second');
    expect(await isThere(blobFile('Be exact.'))).toBe(false);
  });

  test('stays whole while both change it at once', async () => {
    // Real Ollama walks the whole store at every change and refuses the change when a file that it has just seen is gone, whoever removed
    // it: that is asked again. What it deleted is gone by then all the same.
    const askPatiently: Ask = async (program, method, route, body) => {
      for (let asked = 1; ; asked++) {
        const reply = await call(program, method, route, body);
        const text = await reply.text();
        const isGone = method === 'DELETE' && !(await names(corral)).includes(`${String(body['model'])}:latest`);
        if (reply.ok || isGone) return;
        const walkedIntoNothing = text.includes('no such file or directory') || text.includes('not found');
        if (!walkedIntoNothing || asked === 10) throw new Error(`${method} ${route}: ${reply.status} ${text}`);
      }
    };
    const work = async (program: Program, mine: string, ask: Ask) => {
      for (let round = 0; round < 8; round++) {
        await make(program, `${mine}-made`, `${mine} says ${round}`, ask);
        await copy(program, `${mine}-made`, `${mine}-copy`, ask);
        await remove(program, `${mine}-made`, ask);
      }
    };
    await Promise.all([work(corral, 'here', done), work(other, 'there', askPatiently)]);
    expect(await names(corral)).toEqual(['all-minilm:latest', 'here-copy:latest', 'smollm2:135m', 'there-copy:latest']);
    expect(await list(other)).toEqual(await list(corral));
    const verdict = await done(corral, 'POST', '/api/verify', { stream: false });
    expect(verdict).toMatchObject({ status: 'success', problems: [] });
    await Promise.all([remove(corral, 'here-copy'), remove(other, 'there-copy', askPatiently)]);
    expect(await names(other)).toEqual(['all-minilm:latest', 'smollm2:135m']);
  });

  test('is cleared up by the start of either without loss of what is young', async () => {
    const young = 'sent a moment ago';
    const digest = `sha256:${createHash('sha256').update(young).digest('hex')}`;
    expect((await call(corral, 'POST', `/api/blobs/${digest}`, young)).status).toBe(201);
    const stray = path.join(corral.modelsDir, 'blobs', 'stray');
    await writeFile(stray, 'x');
    const then = new Date(Date.now() - 2 * 3_600_000);
    await utimes(stray, then, then);
    const before = await list(corral);

    await other.stop();
    other = await start(corral.modelsDir);
    expect(await list(other)).toEqual(before);
    expect(await readFile(blobFile(young), 'utf8')).toBe(young);
    expect(await readdir(path.join(corral.modelsDir, 'blobs'))).not.toContain('stray');
  });
});
