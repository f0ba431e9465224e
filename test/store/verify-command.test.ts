/** `corral verify` as a user runs it, against a running server. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answered, post } from '../support/api-client.ts';
import { startCorral, type CorralServer } from '../support/corral-server.ts';

const program = fileURLToPath(new URL('../../bin/corral.js', import.meta.url));
const system = 'Be brief.';
const hex = createHash('sha256').update(system).digest('hex');
let server: CorralServer;
beforeAll(async () => {
  server = await startCorral();
  await answered(server, '/api/create', { model: 'brief', from: 'smollm2:135m', system, stream: false });
});
afterAll(() => server.stop());

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function corral(...args: readonly string[]): Promise<Outcome> {
  const env = { ...process.env, OLLAMA_HOST: `127.0.0.1:${server.port}` };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('says that all is good, with what was read', async () => {
  const { code, stdout, stderr } = await corral('verify');
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'verifying 7 files\nsuccess\n' });
  expect(stdout).toMatch(/^3 models, 7 files, \d+ MB: all good\n$/);
});

test('names what is damaged, says what to do, and ends with 1; then it is missing', async () => {
  await writeFile(path.join(server.modelsDir, 'blobs', `sha256-${hex}`), 'Be crief.');
  const first = await corral('verify', 'brief');
  expect(first.code).toBe(1);
  expect(first.stdout).toContain(`brief:latest    ${hex.slice(0, 12)}    damaged    moved aside`);
  expect(first.stdout).toContain('1 problem, 0 repaired');
  expect(first.stderr).toContain('corral verify --repair');

  const second = await corral('verify');
  expect(second.code).toBe(1);
  expect(second.stdout).toMatch(new RegExp(`brief:latest +${hex.slice(0, 12)} +missing`));
  const use = await post(server, '/api/show', { model: 'brief' });
  expect(use).toMatchObject({ status: 500, text: expect.stringContaining(`blob sha256:${hex} is missing`) });
});

test('the other models work as before', async () => {
  expect(await corral('verify', 'smollm2:135m')).toMatchObject({ code: 0 });
});

test('a model that is not there is an error', async () => {
  const { code, stderr } = await corral('verify', 'nothing');
  expect({ code, first: stderr.split('\n')[0] }).toEqual({ code: 1, first: "Error: model 'nothing:latest' not found" });
});
