/** Files and batches with the built server and the real engine: what is uploaded, answered in idle time, and still there after a crash. */
import { readdirSync, rmSync, statSync, mkdtempSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endless, lines, post } from '../support/api-client.ts';
import { chatModel, embeddingModel, startCorral, type CorralServer } from '../support/corral-server.ts';
import { until } from '../support/until.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One home for several servers, one after the other. */
const home = mkdtempSync(path.join(tmpdir(), 'corral-batches-'));
let server: CorralServer;
beforeAll(async () => {
  server = await startCorral({ HOME: home });
});
afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

async function json(reply: Response): Promise<Record<string, unknown>> {
  return { httpStatus: reply.status, ...((await reply.json()) as object) };
}

const get = async (route: string) => json(await fetch(server.url + route));
const send = async (route: string, body: Fields): Promise<Record<string, unknown>> => {
  const { status, text } = await post(server, route, body);
  return { httpStatus: status, ...(JSON.parse(text) as Record<string, unknown>) };
};

async function upload(text: string, purpose = 'batch'): Promise<Record<string, unknown>> {
  const form = new FormData();
  form.append('file', new Blob([text]), 'in put.jsonl');
  form.append('purpose', purpose);
  return json(await fetch(`${server.url}/v1/files`, { method: 'POST', body: form }));
}

const line = (id: string, url: string, body: Fields) => JSON.stringify({ custom_id: id, method: 'POST', url, body });
const embedLine = (id: string, input: string) => line(id, '/api/embed', { model: embeddingModel, input });
const generateLine = (id: string, tokens: number) =>
  line(id, '/api/generate', {
    model: chatModel,
    prompt: `Tell ${id}.`,
    options: { num_predict: tokens, temperature: 0 },
  });

async function batchOf(text: string, endpoint: string): Promise<string> {
  const { id } = await upload(text);
  const batch = await send('/v1/batches', {
    input_file_id: id,
    endpoint,
    completion_window: '24h',
    metadata: { a: 'b' },
  });
  expect(batch).toMatchObject({ httpStatus: 200, object: 'batch', status: 'validating', metadata: { a: 'b' } });
  return String(batch['id']);
}

async function ended(id: string): Promise<Record<string, unknown>> {
  let batch: Record<string, unknown> = {};
  await until('the batch has ended', async () => {
    batch = await get(`/v1/batches/${id}`);
    return ['completed', 'failed', 'cancelled', 'expired'].includes(String(batch['status']));
  });
  return batch;
}

interface ResultLine {
  readonly custom_id: string;
  readonly response: { readonly status_code: number; readonly request_id: string; readonly body: Fields };
}

async function results(fileId: unknown): Promise<readonly ResultLine[]> {
  const text = await (await fetch(`${server.url}/v1/files/${String(fileId)}/content`)).text();
  return text
    .trimEnd()
    .split('\n')
    .map((result) => JSON.parse(result) as ResultLine);
}

describe('files', () => {
  test('are stored, listed, given back byte by byte and deleted', async () => {
    const text = 'né\r\n\0 not even JSON';
    const file = await upload(text);
    expect(file).toMatchObject({
      httpStatus: 200,
      object: 'file',
      bytes: Buffer.byteLength(text),
      filename: 'in put.jsonl',
      purpose: 'batch',
    });
    const route = `/v1/files/${String(file['id'])}`;
    expect(await get(route)).toEqual(file);
    expect(await (await fetch(`${server.url}${route}/content`)).text()).toBe(text);
    const { httpStatus: _, ...listed } = file;
    expect(await get('/v1/files?purpose=batch&limit=1')).toMatchObject({ object: 'list', data: [listed] });
    expect(await json(await fetch(server.url + route, { method: 'DELETE' }))).toEqual({
      httpStatus: 200,
      id: file['id'],
      object: 'file',
      deleted: true,
    });
    expect(await get(route)).toMatchObject({ httpStatus: 404, error: { type: 'not_found_error' } });
  });

  test('lie where only their owner may look', async () => {
    await upload('x');
    const folder = path.join(home, '.ollama', 'corral-batches', 'files');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test.each(['../../../etc/passwd', 'file-', 'file-UPPER', `file-${'a'.repeat(500)}`])(
    'named %j are not looked for',
    async (id) => {
      expect(await get(`/v1/files/${encodeURIComponent(id)}/content`)).toMatchObject({ httpStatus: 404 });
    },
  );

  test('of another purpose, without a file or in no form are refused', async () => {
    expect(await upload('x', 'fine-tune')).toMatchObject({ httpStatus: 400, error: { param: 'purpose' } });
    const form = new FormData();
    form.append('purpose', 'batch');
    expect(await json(await fetch(`${server.url}/v1/files`, { method: 'POST', body: form }))).toMatchObject({
      httpStatus: 400,
      error: { param: 'file' },
    });
    for (const type of ['application/json', 'multipart/form-data', 'multipart/form-data; boundary=x']) {
      const reply = await fetch(`${server.url}/v1/files`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': type },
      });
      expect(await json(reply)).toMatchObject({ httpStatus: 400 });
    }
  });
});

describe('a file that is too large', () => {
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n';
  const refused = { status: 413, text: expect.stringContaining('the file is too large: at most 200 MB') };

  function sent(
    extra: Readonly<Record<string, string>>,
    write: (request: http.ClientRequest) => void,
  ): Promise<object> {
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', headers: { ...headers, ...extra } };
      const request = http.request(`${server.url}/v1/files`, options, (reply) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        reply.on('end', () => resolve({ status: reply.statusCode, text }));
      });
      request.on('error', reject);
      write(request);
    });
  }

  test('is refused by what it says of itself', async () => {
    expect(await sent({ 'content-length': String(300 * 1024 * 1024) }, (request) => request.write(head))).toMatchObject(
      refused,
    );
  });

  test('is refused when it turns out so, and leaves nothing behind', async () => {
    const chunk = Buffer.alloc(1024 * 1024);
    const reply = await sent({}, (request) => {
      request.write(head);
      for (let sentChunks = 0; sentChunks < 202; sentChunks++) request.write(chunk);
    });
    expect(reply).toMatchObject(refused);
    const folder = path.join(home, '.ollama', 'corral-batches', 'files');
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('a batch', () => {
  test('is answered in the order of its lines; what fails stands in the file of errors', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `r${index}`);
    const requests = ids.map((id) => embedLine(id, id));
    requests.splice(3, 0, '', line('bad', '/api/embed', { model: 'absent', input: 'x' }));
    const batch = await ended(await batchOf(requests.join('\n'), '/api/embed'));
    expect(batch).toMatchObject({
      status: 'completed',
      errors: null,
      request_counts: { total: 13, completed: 12, failed: 1 },
    });
    const output = await results(batch['output_file_id']);
    expect(output.map((result) => result.custom_id)).toEqual(ids);
    const alone = await send('/api/embed', { model: embeddingModel, input: 'r4' });
    expect(output[4]?.response).toMatchObject({ status_code: 200, request_id: expect.any(String) });
    const [first] = (output[4]?.response.body['embeddings'] ?? []) as readonly (readonly number[])[];
    const [expected] = alone['embeddings'] as readonly (readonly number[])[];
    expect(first?.[0]).toBeCloseTo(expected?.[0] ?? 0, 4);
    expect(await results(batch['error_file_id'])).toMatchObject([
      {
        custom_id: 'bad',
        response: { status_code: 404, body: { error: 'model "absent" not found, try pulling it first' } },
      },
    ]);
  });

  test.each<[string, string, string]>([
    ['a custom_id twice', [embedLine('a', 'x'), embedLine('a', 'y')].join('\n'), 'duplicate_custom_id'],
    ['another url', line('a', '/api/generate', {}), 'mismatched_url'],
    ['a line that is no JSON', `${embedLine('a', 'x')}\nnonsense`, 'invalid_request'],
    ['a line without an id', '{"method":"POST","url":"/api/embed","body":{}}', 'invalid_request'],
    ['no line', '\n\n', 'empty_file'],
  ])('with %s fails before anything is answered', async (_, text, code) => {
    const batch = await ended(await batchOf(text, '/api/embed'));
    expect(batch).toMatchObject({ status: 'failed', output_file_id: null, errors: { data: [{ code }] } });
  });

  test.each<[string, Fields, number, string]>([
    ['an endpoint that is none', { endpoint: '/api/pull' }, 400, 'endpoint'],
    ['a file that is not there', { endpoint: '/api/embed', input_file_id: 'file-0' }, 404, 'id'],
    ['another window', { endpoint: '/api/embed', completion_window: '1h' }, 400, 'completion_window'],
  ])('with %s is refused', async (_, body, status, param) => {
    expect(await send('/v1/batches', body)).toMatchObject({ httpStatus: status, error: { param } });
  });

  test('stands back while somebody waits for an answer, and is cancelled with what is done so far', async () => {
    const requests = Array.from({ length: 100 }, (_, index) => generateLine(`g${index}`, 4));
    const id = await batchOf(requests.join('\n'), '/api/generate');
    const completed = async () =>
      ((await get(`/v1/batches/${id}`))['request_counts'] as { completed: number }).completed;
    await until('some are answered', async () => (await completed()) >= 2);
    const counts: number[] = [];
    let pieces = 0;
    // Computed beside this answer, all the batch's others would be done by its 120th token.
    for await (const { done } of lines(server, endless('one two three', 160, { draft_num_predict: 0 }))) {
      pieces++;
      if (pieces === 1 || pieces === 120) counts.push(await completed());
      if (done) break;
    }
    const [before = 0, after = 0] = counts;
    // The two that had begun before.
    expect([counts.length, after - before <= 2]).toEqual([2, true]);
    await until('the batch goes on', async () => (await completed()) > after);
    expect(await send(`/v1/batches/${id}/cancel`, {})).toMatchObject({ httpStatus: 200, status: 'cancelling' });
    const batch = await ended(id);
    expect(batch).toMatchObject({ status: 'cancelled', request_counts: { total: 100 } });
    const output = await results(batch['output_file_id']);
    expect(output.map((result) => result.custom_id)).toEqual(output.map((_, index) => `g${index}`));
    expect(output.length).toBeLessThan(100);
    expect(await send(`/v1/batches/${id}/cancel`, {})).toMatchObject({ httpStatus: 409 });
  });

  test('goes on behind the last line when the server was killed', async () => {
    const ids = Array.from({ length: 16 }, (_, index) => `k${index}`);
    const id = await batchOf(ids.map((name) => generateLine(name, 16)).join('\n'), '/api/generate');
    await until(
      'some are answered',
      async () => Number(((await get(`/v1/batches/${id}`))['request_counts'] as Fields)['completed']) >= 3,
    );
    server.kill('SIGKILL');
    await server.stop();
    server = await startCorral({ HOME: home });
    const batch = await ended(id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 16, completed: 16, failed: 0 } });
    expect((await results(batch['output_file_id'])).map((result) => result.custom_id)).toEqual(ids);
    expect(await get('/v1/batches')).toMatchObject({ object: 'list', has_more: false });
  });
});
