/** Prompts that are kept on disk, through the API of real servers that share one home. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { answered, greedy } from '../support/api-client.ts';
import { chatModel, startCorral, type CorralServer } from '../support/corral-server.ts';

const home = mkdtempSync(path.join(tmpdir(), 'corral-prefixes-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const program = fileURLToPath(new URL('../../bin/corral.js', import.meta.url));
const counting = `${Array.from({ length: 120 }, (_, index) => index + 1).join(', ')},`;

const cached = async (server: CorralServer, options = {}) => {
  const { model, prompt, options: sent } = greedy(counting, 4, options);
  const body = JSON.stringify({ model, prompt, options: sent, raw: true, stream: false });
  const reply = await fetch(`${server.url}/api/generate`, { method: 'POST', body });
  await reply.text();
  return Number(/cached=(\d+)/.exec(reply.headers.get('corral-usage') ?? '')?.[1]);
};

const corral = async (server: CorralServer, ...args: string[]): Promise<string> => {
  const env = { ...process.env, HOME: home, OLLAMA_HOST: server.url };
  return (await promisify(execFile)(process.execPath, [program, ...args], { env })).stdout;
};

const inServer = async (use: (server: CorralServer) => Promise<void>): Promise<void> => {
  const server = await startCorral({ HOME: home });
  try {
    await use(server);
  } finally {
    await server.stop();
  }
};

test('a prompt outlives the server, is listed, and is gone when it is cleared', async () => {
  await inServer(async (server) => {
    expect(await cached(server)).toBe(0);
    expect(await cached(server, { cache_prompt: false })).toBeGreaterThan(300);
    // Unloading saves.
    await answered(server, '/api/generate', { model: chatModel, keep_alive: 0 });
  });
  expect(readdirSync(path.join(home, '.ollama', 'corral-prefixes'))).toHaveLength(1);
  await inServer(async (server) => {
    const reply = await fetch(`${server.url}/api/prefixes`);
    expect(await reply.json()).toMatchObject({ prefixes: [{ models: [chatModel], encrypted: false }] });
    expect(await corral(server, 'cache', 'list')).toMatch(/smollm2:135m +\d+ +[\d.]+ MB +no/);
    expect(await cached(server)).toBeGreaterThan(300);
    expect(await corral(server, 'cache', 'clear', chatModel)).toMatch(/^removed 1 prompt, [\d.]+ MB\n$/);
    expect(readdirSync(path.join(home, '.ollama', 'corral-prefixes'))).toEqual([]);
  });
});
