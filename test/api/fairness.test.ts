/** Clients take turns on a real server. Told by the order in which answers end, never by their times. */
import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chatModel, embeddingModel, startCorral, type CorralServer } from '../support/corral-server.ts';

let server: CorralServer;
beforeAll(async () => {
  server = await startCorral({ OLLAMA_NUM_PARALLEL: '2' });
});
afterAll(() => server.stop());

type Headers = Readonly<Record<string, string>>;

/** `onFirst` is called when the first piece of the answer is there. */
async function asked(path: string, body: unknown, headers: Headers, onFirst = () => {}): Promise<number> {
  const reply = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const reader = reply.body?.getReader();
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) onFirst();
  return reply.status;
}

/** Resolves once the server has read the request; `answer` settles with its status. Of requests on connections beside each other, any may be read first. */
async function arrived(path: string, body: unknown): Promise<{ answer: Promise<number | undefined> }> {
  const headers = { 'Content-Type': 'application/json' };
  const request = http.request(`${server.url}${path}`, { method: 'POST', headers, agent: false });
  const answer = statusOf(request);
  request.end(JSON.stringify(body));
  await once(request, 'finish');
  expect(await statusOf(http.get(`${server.url}/api/version`, { agent: false }))).toBe(200);
  return { answer };
}

async function statusOf(request: http.ClientRequest): Promise<number | undefined> {
  const [reply] = (await once(request, 'response')) as [http.IncomingMessage];
  await text(reply);
  return reply.statusCode;
}

/** Ends of answers in their order: `add` names one, `names` are they. */
function endings() {
  const names: string[] = [];
  const statuses: (number | undefined)[] = [];
  const add = async (name: string, answer: Promise<number | undefined>) => {
    statuses.push(await answer);
    names.push(name);
  };
  return { names, statuses, add };
}

const long = (nth: number) => ({
  model: chatModel,
  prompt: `Story number ${nth}. Once upon a time`,
  raw: true,
  stream: false,
  options: { temperature: 0, num_predict: 60, draft_num_predict: 0 },
});
const short = { ...long(99), prompt: 'The capital of France is', options: { temperature: 0, num_predict: 4 } };

test('a short request is answered before the fourth of twelve long ones that came before it', async () => {
  expect(await asked('/api/generate', { model: chatModel }, {})).toBe(200);
  const ended = endings();
  const answers: Promise<void>[] = [];
  const greedy = { Authorization: 'Bearer greedy' };
  // The first two are being answered, with most of their tokens to come; the others wait.
  await new Promise<void>((resolve) => {
    for (let nth = 0; nth < 12; nth++) {
      const answer = asked('/api/generate', { ...long(nth), stream: true }, greedy, nth === 0 ? resolve : undefined);
      answers.push(ended.add(`long ${nth}`, answer));
    }
  });
  answers.push(ended.add('short', asked('/api/generate', short, { 'x-api-key': 'modest' })));
  await Promise.all(answers);
  expect(ended.statuses).toEqual(Array.from({ length: 13 }, () => 200));
  expect(ended.names.indexOf('short')).toBeLessThan(4);
});

test('a client alone is answered in order of arrival', async () => {
  const ended = endings();
  const answers: Promise<void>[] = [];
  for (let nth = 0; nth < 6; nth++) {
    const { answer } = await arrived('/api/generate', long(nth));
    answers.push(ended.add(`long ${nth}`, answer));
  }
  await Promise.all(answers);
  expect(ended.statuses).toEqual(Array.from({ length: 6 }, () => 200));
  expect(ended.names.slice(0, 2).toSorted()).toEqual(['long 0', 'long 1']);
  expect(ended.names.slice(4).toSorted()).toEqual(['long 4', 'long 5']);
});

test('one text is embedded before the last of four hundred that came before it', async () => {
  const model = embeddingModel;
  expect(await asked('/api/embed', { model, input: 'load' }, {})).toBe(200);
  const ended = endings();
  const input = Array.from(
    { length: 400 },
    (_, nth) => `Sentence ${nth} of a long book about horses and their riders.`,
  );
  const many = ended.add('many', asked('/api/embed', { model, input }, { Authorization: 'Bearer greedy' }));
  const one = ended.add(
    'one',
    asked('/api/embed', { model, input: 'One sentence.' }, { Authorization: 'Bearer modest' }),
  );
  await Promise.all([many, one]);
  expect(ended.statuses).toEqual([200, 200]);
  expect(ended.names).toEqual(['one', 'many']);
});
