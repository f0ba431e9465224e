import { afterEach, describe, expect, test } from 'vitest';
import { runCommandLine } from './run-command-line.ts';
import { type Routes, startTestServer, TestHost, type TestHostOptions } from './test-host.ts';

const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function run(argv: readonly string[], routes: Routes, options: Partial<TestHostOptions> = {}) {
  const server = await startTestServer(routes);
  const host = new TestHost({ port: server.port, ...options });
  cleanups.push(
    () => server.close(),
    () => host.dispose(),
  );
  const exitCode = await runCommandLine(argv, host);
  return { exitCode, stdout: host.written, stderr: host.told, requests: server.requests };
}

const empty = () => ({ write: (response: { end(): void }) => response.end() });
const success = () => ({ lines: [{ status: 'success' }] });
const pulled: Routes = {
  '/api/pull': () => ({
    lines: [
      { status: 'pulling manifest' },
      { status: 'pulling 4d3bd1e8f6c9', digest: 'sha256:4d3b', total: 10, completed: 0 },
      { status: 'pulling 4d3bd1e8f6c9', digest: 'sha256:4d3b', total: 10, completed: 10 },
      { status: 'success' },
    ],
  }),
};

describe('pull', () => {
  test('tells its progress and prints nothing', async () => {
    const { exitCode, stdout, stderr, requests } = await run(['pull', 'm'], pulled);
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toBe('pulling manifest\npulling 4d3bd1e8f6c9\nsuccess\n');
    expect(requests).toEqual([{ path: '/api/pull', body: { model: 'm' } }]);
  });

  test('draws bars on a terminal, and leaves them there', async () => {
    const { stderr } = await run(['pull', 'm', '--insecure'], pulled, { stderrColumns: 60 });
    expect(stderr).toContain('pulling 4d3bd1e8f6c9: 100% ▕');
    expect(stderr.endsWith('\u001b[?2026l')).toBe(true);
  });

  test('an error in the stream is an error', async () => {
    const routes: Routes = {
      '/api/pull': () => ({
        lines: [{ status: 'pulling manifest' }, { error: 'pull model manifest: file does not exist' }],
      }),
    };
    const { exitCode, stderr } = await run(['pull', 'm'], routes);
    expect([exitCode, stderr]).toEqual([1, 'pulling manifest\nError: pull model manifest: file does not exist\n']);
  });
});

describe('push', () => {
  test.each([
    ['m', 'https://ollama.com/m'],
    ['me/m', 'https://ollama.com/me/m'],
    ['me/m:small', 'https://ollama.com/me/m:small'],
    ['localhost:5000/me/m', 'localhost:5000/me/m:latest'],
  ])('says where %s is then', async (model, destination) => {
    const { exitCode, stdout, requests } = await run(['push', '--insecure', model], { '/api/push': success });
    expect([exitCode, stdout]).toEqual([0, `\nYou can find your model at:\n\n\t${destination}\n`]);
    expect(requests).toEqual([{ path: '/api/push', body: { model, insecure: true } }]);
  });

  test('what the registry does not allow is explained', async () => {
    const routes: Routes = { '/api/push': () => ({ lines: [{ error: 'unauthorized: access denied' }] }) };
    const { exitCode, stdout, stderr } = await run(['push', 'm'], routes);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('you are not authorized to push to this namespace');
    expect(stderr).toContain("unauthorized: access denied. 'corral login HOST'");
  });
});

test('cp copies and says so', async () => {
  const { exitCode, stdout, requests } = await run(['cp', 'a', 'b'], { '/api/copy': empty });
  expect([exitCode, stdout]).toEqual([0, "copied 'a' to 'b'\n"]);
  expect(requests).toEqual([{ path: '/api/copy', body: { source: 'a', destination: 'b' } }]);
});

describe('rm', () => {
  test('unloads each model before it removes it', async () => {
    const routes: Routes = { '/api/generate': () => ({ json: {} }), '/api/delete': empty };
    const { exitCode, stdout, requests } = await run(['rm', 'a', 'b'], routes);
    expect([exitCode, stdout]).toEqual([0, "deleted 'a'\ndeleted 'b'\n"]);
    expect(requests).toEqual([
      { path: '/api/generate', body: { model: 'a', keep_alive: 0 } },
      { path: '/api/delete', body: { model: 'a' } },
      { path: '/api/generate', body: { model: 'b', keep_alive: 0 } },
      { path: '/api/delete', body: { model: 'b' } },
    ]);
  });

  test('tells one that is missing and removes the others', async () => {
    const notFound = (model: unknown) => ({ status: 404, json: { error: `model '${String(model)}' not found` } });
    const routes: Routes = {
      '/api/generate': ({ model }) => (model === 'a' ? notFound(model) : { json: {} }),
      '/api/delete': ({ model }) => (model === 'a' ? notFound(model) : { json: {} }),
    };
    const { exitCode, stdout, stderr } = await run(['rm', 'a', 'b'], routes);
    expect([exitCode, stdout]).toEqual([1, "deleted 'b'\n"]);
    expect(stderr).toMatch(/^Error: model 'a' not found\n/);
    expect(stderr.match(/Error|Warning/g)).toHaveLength(1);
  });

  test('removes a model that cannot be unloaded, with a warning', async () => {
    const routes: Routes = { '/api/generate': () => ({ status: 500, json: { error: 'x' } }), '/api/delete': empty };
    const { exitCode, stdout, stderr } = await run(['rm', 'a'], routes);
    expect([exitCode, stdout, stderr]).toEqual([0, "deleted 'a'\n", "Warning: unable to stop model 'a'\n"]);
  });
});

test('update shows what there is and what was taken', async () => {
  const digest = (letter: string) => letter.repeat(64);
  const updates = [
    { model: 'a:latest', current: digest('a'), available: digest('a'), updated: false },
    { model: 'b:latest', current: digest('b'), available: digest('c'), updated: true },
    { model: 'c:latest', current: digest('b'), available: digest('c'), updated: false },
    { model: 'own:latest', current: digest('d'), updated: false },
    { model: 'far:latest', current: digest('e'), updated: false, error: 'registry x: no answer' },
  ];
  const routes: Routes = {
    '/api/update': () => ({ lines: [{ status: 'checking a' }, { status: 'success', updates }] }),
  };
  const { exitCode, stdout, requests } = await run(['update', '--check'], routes);
  expect(exitCode).toBe(1);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['NAME', 'ID', 'AVAILABLE', 'RESULT'],
    ['a:latest', 'aaaaaaaaaaaa', 'aaaaaaaaaaaa', 'up to date'],
    ['b:latest', 'bbbbbbbbbbbb', 'cccccccccccc', 'updated'],
    ['c:latest', 'bbbbbbbbbbbb', 'cccccccccccc', 'newer version available'],
    ['own:latest', 'dddddddddddd', '-', 'not at its registry'],
    ['far:latest', 'eeeeeeeeeeee', '-', 'registry x: no answer'],
    [''],
  ]);
  expect(requests).toEqual([{ path: '/api/update', body: { check: true } }]);
  const some = await run(['update', 'a', 'b', '--insecure'], { '/api/update': success });
  expect([some.exitCode, some.requests[0]?.body]).toEqual([0, { models: ['a', 'b'], check: false, insecure: true }]);
});

describe('run with a model that is not here', () => {
  function missingAt(path: string): Routes {
    let calls = 0;
    const found = { lines: [{ response: 'Hello', done: true }] };
    const missing = { status: 404, json: { error: "model 'm' not found" } };
    return { ...pulled, [path]: () => (calls++ === 0 ? missing : found) };
  }

  test('pulls it and answers', async () => {
    const { exitCode, stdout, stderr, requests } = await run(
      ['run', 'm', 'hi', '--insecure'],
      missingAt('/api/generate'),
    );
    expect([exitCode, stdout]).toEqual([0, 'Hello\n\n']);
    expect(stderr).toContain('pulling manifest\n');
    expect(requests.map(({ path }) => path)).toEqual(['/api/generate', '/api/pull', '/api/generate']);
    expect(requests[1]?.body).toEqual({ model: 'm', insecure: true });
  });

  test('says why when it cannot be pulled', async () => {
    const routes: Routes = {
      '/api/generate': () => ({ status: 404, json: { error: "model 'm' not found" } }),
      '/api/pull': () => ({ lines: [{ error: 'pull model manifest: file does not exist' }] }),
    };
    const { exitCode, stdout, stderr } = await run(['run', 'm', 'hi'], routes);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      "Error: pull model manifest: file does not exist\nThe model 'm' is not here, so it was looked for at its registry.\n",
    );
  });

  test.each([
    ['another error', { status: 500, json: { error: 'broken' } }],
    ['a server without the route', { status: 404, json: { error: '404 page not found' } }],
  ])('%s pulls nothing', async (_name, reply) => {
    const { exitCode, requests } = await run(['run', 'm', 'hi'], { ...pulled, '/api/generate': () => reply });
    expect([exitCode, requests.length]).toEqual([1, 1]);
  });
});
