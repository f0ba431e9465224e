import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBackgroundServer } from './background-server.ts';

/** A server in the smallest: listens until someone has said goodbye, or fails as told. */
const program = `
  const net = require('node:net');
  if (process.env.CORRAL_TEST_FAIL) { console.error('starting\\nError: the store is broken\\nmore'); process.exit(3); }
  if (process.argv.slice(2).join(' ') !== 'serve --exit-when-idle') { console.error('wrong arguments'); process.exit(1); }
  const server = net.createServer((socket) => socket.on('data', () => process.exit(0)).on('error', () => {}));
  server.listen(Number(process.env.CORRAL_TEST_PORT), '127.0.0.1');
  setTimeout(() => process.exit(0), 20000);
`;

let folder: string;
let bin: string;
let port: number;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'corral-background-'));
  bin = path.join(folder, 'server.cjs');
  writeFileSync(bin, program);
  const probe = net.createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  await new Promise((resolve) => probe.close(resolve));
  process.env['CORRAL_TEST_PORT'] = String(port);
});

afterEach(async () => {
  delete process.env['CORRAL_TEST_FAIL'];
  await new Promise<void>((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.end('goodbye'));
    socket.on('close', () => resolve());
    socket.on('error', () => {});
  });
  rmSync(folder, { recursive: true, force: true });
});

const start = async (signal = new AbortController().signal) =>
  await startBackgroundServer({
    command: [process.execPath, bin],
    host: { scheme: 'http', hostname: '127.0.0.1', port },
    homeDir: path.join(folder, 'home'),
    signal,
  });

describe('background server', () => {
  test('is there when the call returns, with a log file only for its user', async () => {
    const { logFile } = await start();
    expect(statSync(logFile).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(logFile)).mode & 0o777).toBe(0o700);
  });

  test('two commands at once get the one that won', async () => {
    const [one, two, three] = await Promise.all([start(), start(), start()]);
    expect(one).toEqual(two);
    expect(one).toEqual(three);
  });

  test('one that fails is told with its reason and its log file', async () => {
    process.env['CORRAL_TEST_FAIL'] = '1';
    await expect(start()).rejects.toMatchObject({
      code: 'server_unreachable',
      message: 'the background server ended (exit code 3): the store is broken',
      hint: expect.stringContaining('background-server.log') as string,
    });
  });

  test('a log that has grown large starts anew', async () => {
    const { logFile } = await start();
    writeFileSync(logFile, Buffer.alloc(5 * 1024 * 1024, 'x'));
    process.env['CORRAL_TEST_FAIL'] = '1';
    await start();
    expect(statSync(logFile).size).toBeLessThan(1000);
  });

  test('a home that cannot be written is told', async () => {
    writeFileSync(path.join(folder, 'home'), 'a file where the folder should be');
    await expect(start()).rejects.toMatchObject({
      code: 'store_write',
      message: expect.stringContaining('log file') as string,
    });
  });

  test('waiting for it can be given up', async () => {
    writeFileSync(bin, 'setTimeout(() => {}, 1000)');
    const giveUp = new AbortController();
    const starting = start(giveUp.signal);
    setTimeout(() => giveUp.abort(), 20);
    await expect(starting).rejects.toThrow('abort');
  });
});
