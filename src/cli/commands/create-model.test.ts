import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommandLine } from '../run-command-line.ts';
import { type Routes, startTestServer, TestHost, type TestHostOptions, type TestServer } from '../test-host.ts';

let folder: string;
let server: TestServer;
let host: TestHost;

const done: Routes = { '/api/create': () => ({ lines: [{ status: 'writing manifest' }, { status: 'success' }] }) };

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'corral-create-'));
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  host.dispose();
  await server.close();
});

const write = (name: string, content: string): string => {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
};
const digestOf = (content: string) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

async function create(
  modelfile: string,
  flags: readonly string[] = [],
  routes = done,
  options: Partial<TestHostOptions> = {},
) {
  server = await startTestServer(routes);
  host = new TestHost({ port: server.port, ...options });
  const exitCode = await runCommandLine(['create', 'x', '-f', write('Modelfile', modelfile), ...flags], host);
  return { exitCode, request: server.requests[0]?.body, stdout: host.written, stderr: host.told };
}

interface Recorded {
  readonly name: string;
  readonly modelfile: string;
  readonly request?: Record<string, unknown>;
  readonly error?: string;
}

describe('as recorded from real Ollama', () => {
  const file = new URL('../../../test/fixtures/modelfiles.json', import.meta.url);
  const cases = JSON.parse(readFileSync(file, 'utf8')) as readonly Recorded[];

  test.each(cases.map((recorded) => [recorded.name, recorded] as const))('%s', async (_name, recorded) => {
    const { exitCode, request, stdout, stderr } = await create(recorded.modelfile);
    // Its client also sends the deprecated name, always empty.
    const expected = recorded.request && { ...recorded.request };
    delete expected?.['name'];
    expect(request).toEqual(expected);
    expect([exitCode, stdout]).toEqual([recorded.error === undefined ? 0 : 1, '']);
    // One text is the operating system's, with a path in it; Corral has its own.
    const told =
      recorded.error?.includes('stat <dir>') === true ? 'Error: ' : `${recorded.error ?? 'writing manifest'}\n`;
    expect(stderr.slice(0, told.length)).toBe(told);
  });
});

describe('files', () => {
  test('are sent as blobs and named in the request', async () => {
    write('model.gguf', 'weights');
    write('lora.gguf', 'adapter');
    const { exitCode, request, stderr } = await create('FROM ./model.gguf\nADAPTER lora.gguf\n');
    expect(exitCode).toBe(0);
    expect(request).toEqual({
      model: 'x',
      files: { 'model.gguf': digestOf('weights') },
      adapters: { 'lora.gguf': digestOf('adapter') },
    });
    expect(server.blobs.get(digestOf('weights'))?.toString()).toBe('weights');
    expect(stderr.split('\n')).toEqual([
      'hashing model.gguf', 'copying model.gguf', 'hashing lora.gguf', 'copying lora.gguf', 'writing manifest', 'success', '',
    ]); // prettier-ignore
  });

  test('that the server has are not sent again', async () => {
    write('model.gguf', 'weights');
    await create('FROM ./model.gguf\n');
    host.dispose();
    const again = new TestHost({ port: server.port });
    const exitCode = await runCommandLine(['create', 'y', '-f', path.join(folder, 'Modelfile')], again);
    host = again;
    expect([exitCode, again.told]).toEqual([0, 'hashing model.gguf\nwriting manifest\nsuccess\n']);
  });

  test('may be empty', async () => {
    write('model.gguf', '');
    const { request } = await create('FROM ./model.gguf\n');
    expect(request?.['files']).toEqual({ 'model.gguf': digestOf('') });
    expect(server.blobs.get(digestOf(''))?.length).toBe(0);
  });

  test('of a folder come together', async () => {
    mkdirSync(path.join(folder, 'm'));
    write('m/a-00001-of-00002.gguf', '1');
    write('m/a-00002-of-00002.gguf', '2');
    write('m/config.json', '{}');
    const { request } = await create(`FROM ${path.join(folder, 'm')}\n`, ['--quantize', 'Q4_K_M']);
    expect(request).toEqual({
      model: 'x',
      files: {
        'a-00001-of-00002.gguf': digestOf('1'),
        'a-00002-of-00002.gguf': digestOf('2'),
        'config.json': digestOf('{}'),
      },
      quantize: 'Q4_K_M',
    });
  });

  test('are quantised again only when told', async () => {
    const { request } = await create('FROM base\n', ['-q', 'Q8_0', '--requantize']);
    expect(request).toEqual({ model: 'x', from: 'base', quantize: 'Q8_0', requantize: true });
    host.dispose();
    const without = await create('FROM base\n', ['--requantize']);
    expect([without.exitCode, without.request]).toEqual([1, undefined]);
    expect(without.stderr).toContain('--requantize requires --quantize');
  });

  test('and a model beside them are all sent', async () => {
    write('projector.gguf', 'p');
    const { request } = await create('FROM base\nFROM ./projector.gguf\n');
    expect(request).toMatchObject({ from: 'base', files: { 'projector.gguf': digestOf('p') } });
  });

  test('of a draft model', async () => {
    write('draft.gguf', 'd');
    const { request } = await create('FROM base\nDRAFT draft.gguf\n', ['--draft-quantize=Q8_0']);
    expect(request).toEqual({
      model: 'x',
      from: 'base',
      draft_files: { 'draft.gguf': digestOf('d') },
      draft_quantize: 'Q8_0',
    });
  });
});

describe('faults', () => {
  test.each([
    ['a missing adapter', 'FROM a\nADAPTER ./nope.gguf\n', "the adapter './nope.gguf' does not exist", 'Line 2'],
    ['another home', 'FROM ~nobody/x\n', "cannot tell where the home of '~nobody/x' is", 'Line 1'],
    ['an empty folder', 'FROM a\nADAPTER ./\n', 'no Modelfile or safetensors files found', '*.gguf'],
    [
      'the same file twice',
      'FROM ./Modelfile\nDRAFT Modelfile',
      'DRAFT must not reference the same local path as FROM',
      'Line 2',
    ],
    ['a fault of the text', 'FROM a\nRUN x', '(line 2): command must be one of', 'A line begins with a command'],
  ])('%s is told before the server is asked', async (_name, modelfile, message, hint) => {
    const { exitCode, request, stderr } = await create(modelfile);
    expect([exitCode, request]).toEqual([1, undefined]);
    expect(stderr).toContain(`Error: ${message}`);
    expect(stderr.split('\n')[1]).toContain(hint);
  });

  test.each([
    ['a name', ['create', 'bad name'], 'invalid model name: bad name'],
    ['a Modelfile', ['create', 'x', '-f', '/nowhere/Modelfile'], "the Modelfile '/nowhere/Modelfile' does not exist"],
    ['a Modelfile that is a folder', ['create', 'x', '-f', tmpdir()], 'could not read the Modelfile'],
    ['a draft', ['create', 'x', '-f', 'package.json', '--draft-quantize', 'Q8_0'], '(line 1): command must be one of'],
  ])('%s that cannot be is told', async (_name, argv, message) => {
    server = await startTestServer(done);
    host = new TestHost({ port: server.port });
    expect(await runCommandLine(argv, host)).toBe(1);
    expect(host.told).toContain(`Error: ${message}`);
    expect(server.requests).toEqual([]);
  });

  test('a mistyped path is explained, since the server takes it for a name', async () => {
    const routes: Routes = { '/api/create': () => ({ status: 400, json: { error: 'invalid model name' } }) };
    const { stderr } = await create('SYSTEM x\nFROM ./modle.gguf\n', [], routes);
    expect(stderr).toBe(
      "Error: invalid model name\nLine 2: there is no file './modle.gguf', and no model can be called so.\n",
    );
  });

  test('an error in the middle is told below the progress', async () => {
    const routes: Routes = { '/api/create': () => ({ lines: [{ status: 'parsing GGUF' }, { error: 'bad file' }] }) };
    const { exitCode, stderr } = await create('FROM a\n', [], routes);
    expect([exitCode, stderr]).toEqual([1, 'parsing GGUF\nError: bad file\n']);
  });

  test('an answer that just ends is no success', async () => {
    const routes: Routes = { '/api/create': () => ({ lines: [{ status: 'parsing GGUF' }] }) };
    const { exitCode, stderr } = await create('FROM a\n', [], routes);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the server ended its answer before it was done');
  });

  test('Ctrl+C ends it with 130 and leaves the screen in order', async () => {
    const routes: Routes = {
      '/api/create': () => ({
        write: (response) =>
          response.write('{"status":"parsing GGUF"}\n', () => setTimeout(() => host.interrupt(), 150)),
      }),
    };
    const { exitCode, stderr } = await create('FROM a\n', [], routes, { stderrColumns: 60 });
    expect(exitCode).toBe(130);
    // oxlint-disable-next-line no-control-regex -- the sequences are what is looked at
    expect(stderr.replaceAll(/\u001b\[[?\d]*[a-zA-Z]/g, '')).toMatch(/parsing GGUF\n$/);
  });
});

test('without -f and a Modelfile the folder is the model, and that is said', async () => {
  server = await startTestServer(done);
  host = new TestHost({ port: server.port });
  // The project's own folder, where the tests run, holds neither.
  expect(await runCommandLine(['create', 'x'], host)).toBe(1);
  expect(host.told).toMatch(/^no Modelfile here: .*\(FROM \.\)\nError: no Modelfile or safetensors files found\n/);
});

test('parameters that no longer do anything are told', async () => {
  const { stderr } = await create('FROM a\nPARAMETER low_vram true\n');
  expect(stderr).toMatch(/^warning: parameter low_vram is deprecated \(line 2\)\n/);
});
