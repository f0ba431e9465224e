/** Every snippet of docs/clients.md that says it is tested, run as it stands there, only with the address of a server of the tests. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCorral, type CorralServer } from '../support/corral-server.ts';
import { documentedSnippets } from './documented-snippets.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const documentedUrl = 'http://127.0.0.1:11434';
const snippets = documentedSnippets(readFileSync(path.join(root, 'docs/clients.md'), 'utf8'));
const run = promisify(execFile);

let server: CorralServer;
let folder: string;
beforeAll(async () => {
  server = await startCorral();
  folder = mkdtempSync(path.join(tmpdir(), 'corral-clients-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('docs/clients.md', () => {
  test('has snippets of every client that it calls tested', () => {
    const names = ['curl', 'ollama', 'openai', '@anthropic-ai/sdk', 'LangChain', 'AI SDK'];
    for (const name of names) expect(snippets.some((snippet) => snippet.name.includes(name))).toBe(true);
  });

  test.each(snippets.map((snippet) => [snippet.name, snippet] as const))('%s', async (name, { language, code }) => {
    const file = path.join(folder, `${name.replaceAll(/\W+/g, '-')}.${language === 'js' ? 'mjs' : 'sh'}`);
    writeFileSync(file, code.replaceAll(documentedUrl, server.url));
    const [program, ...options] = language === 'js' ? [process.execPath] : ['bash', '-e'];
    // Nothing of the tester's own keys and addresses.
    const { stdout } = await run(program ?? '', [...options, file], {
      env: { PATH: process.env['PATH'], HOME: folder },
    });
    expect(stdout.trim()).not.toBe('');
    expect(stdout).not.toMatch(/"error":(?!null)|404 page not found/);
  });
});
