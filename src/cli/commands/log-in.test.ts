import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommandLine } from '../run-command-line.ts';
import { startTestServer, TestHost, type TestHostOptions, type TestServer } from '../test-host.ts';

let server: TestServer;
let host: TestHost;

beforeEach(async () => {
  server = await startTestServer({
    '/api/registry/login': ({ password }) =>
      password === 'wrong' ? { status: 401, json: { error: 'unauthorized' } } : { json: { status: 'success' } },
    '/api/registry/logout': () => ({ json: { status: 'success' } }),
  });
});

afterEach(async () => {
  host.stdin.destroy();
  host.dispose();
  await server.close();
});

async function start(argv: readonly string[], options: Partial<TestHostOptions> = {}): Promise<number> {
  host = new TestHost({ port: server.port, ...options });
  return await runCommandLine(argv, host);
}

async function asks(text: string): Promise<void> {
  while (!host.told.endsWith(text)) await sleep(2);
}

describe('login at a terminal', () => {
  test('asks for user name and password, and never shows the password', async () => {
    const running = start(['login', 'reg.example.com']);
    await asks('Username: ');
    host.stdin.write('mex\u007f\r');
    await asks('Password: ');
    expect(host.rawMode).toBe(true);
    host.stdin.write('geh');
    host.stdin.write('eim2\u007f\r');
    expect(await running).toBe(0);
    expect(server.requests).toEqual([
      { path: '/api/registry/login', body: { host: 'reg.example.com', username: 'me', password: 'geheim' } },
    ]);
    expect(host.written).toBe('logged in to reg.example.com as me\n');
    expect(host.told).not.toMatch(/geh|eim/);
    expect(host.rawMode).toBe(false);
  });

  test('takes both from one paste', async () => {
    const running = start(['login', 'r', '--insecure']);
    await asks('Username: ');
    host.stdin.write('me\rsecret\r');
    expect(await running).toBe(0);
    expect(server.requests[0]?.body).toEqual({ host: 'r', username: 'me', password: 'secret', insecure: true });
  });

  test.each([
    ['Ctrl+C', '\u0003'],
    ['Ctrl+D', '\u0004'],
  ])('%s gives up', async (_name, key) => {
    const running = start(['login', 'r', '-u', 'me']);
    await asks('Password: ');
    host.stdin.write(`half${key}`);
    expect(await running).toBe(130);
    expect([host.rawMode, server.requests.length, host.told.includes('Error')]).toEqual([false, 0, false]);
  });

  test('the end of the terminal gives up', async () => {
    const running = start(['login', 'r', '-u', 'me']);
    await asks('Password: ');
    host.stdin.end();
    expect(await running).toBe(130);
  });

  test('an empty password is refused', async () => {
    const running = start(['login', 'r', '-u', 'me']);
    await asks('Password: ');
    host.stdin.write('\r');
    expect(await running).toBe(1);
    expect(host.told).toContain('Error: the password is empty');
  });
});

describe('login in a script', () => {
  test.each([
    ['with a line end', 'pass word\n', 'pass word'],
    ['with a line end of Windows', 'pass\r\n', 'pass'],
    ['without one', 'pass', 'pass'],
    ['with blanks of its own', ' pass \n\n', ' pass \n'],
  ])('reads the password from stdin %s', async (_name, piped, password) => {
    expect(await start(['login', 'r', '--username', 'ci', '--password-stdin'], { piped })).toBe(0);
    expect(server.requests[0]?.body).toEqual({ host: 'r', username: 'ci', password });
  });

  test.each([
    ['no user name', ['--password-stdin'], 'x', '--password-stdin needs a user name'],
    ['no terminal and no flag', ['-u', 'me'], 'x', 'there is no terminal to ask for the password at'],
    ['no password', ['-u', 'me', '--password-stdin'], '\n', 'the password is empty'],
    ['a file instead', ['-u', 'me', '--password-stdin'], 'x'.repeat(70_000), 'too long for a password'],
    ['a wrong password', ['-u', 'me', '--password-stdin'], 'wrong', 'unauthorized'],
  ])('%s is an error', async (_name, flags, piped, message) => {
    expect(await start(['login', 'r', ...flags], { piped })).toBe(1);
    expect(host.told).toContain(message);
  });
});

test('a password does not go to a server on another machine', async () => {
  const flags = ['-u', 'me', '--password-stdin'];
  expect(await start(['login', 'r', ...flags], { piped: 'x', hostname: 'gpu.example.com' })).toBe(1);
  expect(host.told).toContain('a password is only handed to a server on this machine');
});

test('logout forgets', async () => {
  expect(await start(['logout', 'r'])).toBe(0);
  expect([host.written, server.requests[0]?.body]).toEqual(['logged out of r\n', { host: 'r' }]);
});
