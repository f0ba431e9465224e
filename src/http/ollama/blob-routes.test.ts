import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { says } from '../../usecases/test-runner.ts';
import { send, startTestServer, until, type TestServer } from '../test-server.ts';

const hello = 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
const zeros = `sha256:${'0'.repeat(64)}`;

let modelsDir: string;
let server: TestServer;
beforeEach(async () => {
  modelsDir = await mkdtemp(join(tmpdir(), 'corral-blobs-'));
  server = await startTestServer({ script: says([]), environment: { OLLAMA_MODELS: modelsDir } });
});
afterEach(async () => {
  await server.close();
  await rm(modelsDir, { recursive: true, force: true });
});

const blobFiles = () => readdir(join(modelsDir, 'blobs')).catch(() => []);
const post = (digest: string, body: string) => send(server.port, `/api/blobs/${digest}`, { body });

describe('sending a blob', () => {
  it('stores it with 201, and says 200 when it is there already', async () => {
    expect(await post(hello, 'hello')).toMatchObject({ status: 201, text: '' });
    expect(await post(hello, 'hello')).toMatchObject({ status: 200, text: '' });
    expect(await readFile(join(modelsDir, 'blobs', hello.replace(':', '-')), 'utf8')).toBe('hello');
  });

  it('takes the digest as file names spell it, and in capital letters', async () => {
    expect((await post(hello.replace(':', '-').toUpperCase().replace('SHA', 'sha'), 'hello')).status).toBe(201);
    expect(await blobFiles()).toEqual([hello.replace(':', '-')]);
  });

  const refused = [
    ['a digest that is none', 'sha256:abc', 400, 'invalid digest format'],
    ['a digest of another kind', `md5:${'0'.repeat(32)}`, 400, 'invalid digest format'],
    ['a very long digest', `sha256:${'0'.repeat(5000)}`, 400, 'invalid digest format'],
    ['a digest that climbs out', `sha256:..%2f..%2f${'0'.repeat(58)}`, 400, 'invalid digest format'],
  ] as const;
  for (const [what, digest, status, error] of refused) {
    it(`refuses ${what} and leaves nothing`, async () => {
      const reply = await post(digest, 'hello');
      expect({ status: reply.status, body: JSON.parse(reply.text) as unknown }).toEqual({ status, body: { error } });
      expect(await blobFiles()).toEqual([]);
    });
  }

  it('refuses other contents, and keeps them under their own digest as Ollama does', async () => {
    const reply = await post(zeros, 'hello');
    expect({ status: reply.status, body: JSON.parse(reply.text) as unknown }).toEqual({
      status: 400,
      body: { error: `digest mismatch, expected "${zeros}", got "${hello}"` },
    });
    expect(await blobFiles()).toEqual([hello.replace(':', '-')]);
    expect((await post(hello, 'hello')).status).toBe(200);
  });

  it('is not limited to what a JSON body may have', async () => {
    const block = randomBytes(1024 * 1024);
    const hash = createHash('sha256');
    for (let count = 0; count < 80; count++) hash.update(block);
    const digest = `sha256:${hash.digest('hex')}`;
    const request = open(`/api/blobs/${digest}`);
    for (let count = 0; count < 80; count++) {
      if (!request.write(block)) await new Promise((resolve) => request.once('drain', resolve));
    }
    request.end();
    const status = await new Promise((resolve) => request.once('response', (reply) => resolve(reply.statusCode)));
    expect(status).toBe(201);
  });

  it('leaves nothing when the client goes away half-way', async () => {
    const request = open(`/api/blobs/${hello}`);
    request.on('error', () => {});
    request.write('hel');
    let seen: string[] = [];
    await until(() => {
      void blobFiles().then((files) => (seen = files));
      return seen.length === 1;
    });
    request.destroy();
    await until(() => {
      void blobFiles().then((files) => (seen = files));
      return seen.length === 0;
    });
    expect(await readdir(join(modelsDir, '.corral-holds'))).toEqual([]);
  });

  function open(path: string): http.ClientRequest {
    return http.request({ host: '127.0.0.1', port: server.port, path, method: 'POST', agent: false });
  }
});

describe('asking for a blob', () => {
  it('is answered with 200 or 404', async () => {
    await post(hello, 'hello');
    expect((await send(server.port, `/api/blobs/${hello}`, { method: 'HEAD' })).status).toBe(200);
    expect((await send(server.port, `/api/blobs/${zeros}`, { method: 'HEAD' })).status).toBe(404);
    expect((await send(server.port, '/api/blobs/nothing', { method: 'HEAD' })).status).toBe(400);
  });

  it('in another way is the wrong method', async () => {
    const reply = await send(server.port, `/api/blobs/${hello}`);
    expect(reply).toMatchObject({ status: 405, headers: { allow: 'HEAD, POST' } });
    expect((await send(server.port, '/api/blobs/')).status).toBe(404);
  });
});
