import net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { TestHost, type TestHostOptions, type TestServer, type Routes, startTestServer } from './test-host.ts';
import { runCommandLine } from './run-command-line.ts';

const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function serverWith(routes: Routes): Promise<TestServer> {
  const server = await startTestServer(routes);
  cleanups.push(() => server.close());
  return server;
}

function hostWith(options: TestHostOptions): TestHost {
  const host = new TestHost(options);
  cleanups.push(() => host.dispose());
  return host;
}

/** A port that nothing listens on. */
async function closedPort(): Promise<number> {
  const server = await startTestServer({});
  await server.close();
  return server.port;
}

async function run(argv: readonly string[], routes: Routes, options: Partial<TestHostOptions> = {}) {
  const server = await serverWith(routes);
  const host = hostWith({ port: server.port, ...options });
  const exitCode = await runCommandLine(argv, host);
  return { exitCode, host, stdout: host.written, stderr: host.told, requests: server.requests };
}

const answer: Routes = {
  '/api/generate': () => ({
    lines: [
      { response: 'Hello ' },
      { response: 'you' },
      { response: '', done: true, eval_count: 2, eval_duration: 1e9 },
    ],
  }),
};

describe('run with a prompt', () => {
  test('prints the answer and a blank line, and sends only what was asked for', async () => {
    const { exitCode, stdout, stderr, requests } = await run(['run', 'm', 'why', 'so?'], answer);
    expect([exitCode, stdout, stderr]).toEqual([0, 'Hello you\n\n', '']);
    expect(requests).toEqual([{ path: '/api/generate', body: { model: 'm', prompt: 'why so?' } }]);
  });

  test('puts piped input before the words', async () => {
    const { requests } = await run(['run', 'm', 'sum up'], answer, { piped: 'text\n' });
    expect(requests[0]?.body['prompt']).toBe('text\n sum up');
  });

  test('an empty pipe adds nothing', async () => {
    const { requests } = await run(['run', 'm', 'hi'], answer, { piped: '' });
    expect(requests[0]?.body['prompt']).toBe('hi');
  });

  test('sends the flags', async () => {
    const flags = ['--keepalive', '1h', '--format', 'json', '--think=low'];
    const { requests } = await run(['run', 'm', ...flags, 'hi'], answer);
    expect(requests[0]?.body).toEqual({ model: 'm', prompt: 'hi', keep_alive: '1h', format: 'json', think: 'low' });
  });

  test('verbose tells timings on stderr', async () => {
    const { stdout, stderr } = await run(['run', 'm', '--verbose', 'hi'], answer);
    expect(stdout).toBe('Hello you\n\n');
    expect(stderr).toContain('eval rate:            2.00 tokens/s\n');
  });

  test('wraps words on a terminal', async () => {
    const { stdout } = await run(['run', 'm', 'hi'], answer, { columns: 8 });
    expect(stdout).toBe('Hello yo\u001b[7G\u001b[K\nyou\n\n');
  });

  test('an embedding model prints its vector', async () => {
    const routes: Routes = {
      '/api/generate': () => ({ status: 400, json: { error: '"e" does not support generate' } }),
      '/api/embed': () => ({ json: { embeddings: [[0.5, -1]] } }),
    };
    const { exitCode, stdout, requests } = await run(['run', 'e', 'some', 'text'], routes);
    expect([exitCode, stdout]).toEqual([0, '[0.5,-1]\n']);
    expect(requests[1]).toEqual({ path: '/api/embed', body: { model: 'e', input: 'some text' } });
    const shorter = await run(['run', 'e', '--dimensions', '2', '--truncate=false', 'x'], routes);
    expect(shorter.requests).toEqual([
      { path: '/api/embed', body: { model: 'e', input: 'x', truncate: false, dimensions: 2 } },
    ]);
  });
});

describe('errors', () => {
  test('a missing model is named, with what can be done', async () => {
    const { exitCode, stdout, stderr } = await run(['show', 'x'], {
      '/api/show': () => ({ status: 404, json: { error: "model 'x' not found" } }),
    });
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Error: model 'x' not found\n'corral list' shows the models that are here/);
  });

  test('an error in the middle of an answer is an error, after what was said', async () => {
    const { exitCode, stdout, stderr } = await run(['run', 'm', 'hi'], {
      '/api/generate': () => ({ lines: [{ response: 'Hel' }, { error: 'the runner crashed' }] }),
    });
    expect([exitCode, stdout, stderr]).toEqual([1, 'Hel\n\n', 'Error: the runner crashed\n']);
  });

  test('a connection that breaks in the middle is an error', async () => {
    const { exitCode, stderr } = await run(['run', 'm', 'hi'], {
      '/api/generate': () => ({ write: (response) => response.write('{"response":"x"}\n', () => response.destroy()) }),
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('closed the connection before the answer was complete');
  });

  test('a server that speaks something else is told apart', async () => {
    const { stderr } = await run(['list'], { '/api/tags': () => ({ write: (response) => response.end('<html>') }) });
    expect(stderr).toContain('does not answer like an Ollama or Corral server');
  });

  test.each([
    [['bogus'], 'unknown command "bogus" for "corral"'],
    [['--bogus'], 'unknown flag: --bogus'],
    [['run'], 'requires at least 1 arg(s), only received 0'],
    [['show', 'm', '--license', '--system'], "only one of '--license'"],
  ])('%j is refused before anything is asked', async (argv, message) => {
    const { exitCode, stderr, requests } = await run(argv, {});
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Error: /);
    expect(stderr).toContain(message);
    expect(requests).toEqual([]);
  });

  test('Ctrl+C ends a silent server with 130 and no message', async () => {
    const server = await serverWith({ '/api/generate': () => ({ write: () => {} }) });
    const host = hostWith({ port: server.port });
    const running = runCommandLine(['run', 'm', 'hi'], host);
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    host.interrupt();
    expect(await running).toBe(130);
    expect(host.told).toBe('');
  });

  test('a reader that goes away ends the command silently', async () => {
    const server = await serverWith({
      '/api/generate': () => ({ write: (response) => response.write('{"response":"x"}\n') }),
    });
    const host = hostWith({ port: server.port });
    host.onWrite = () => host.stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(await runCommandLine(['run', 'm', 'hi'], host)).toBe(141);
    expect(host.told).toBe('');
  });
});

describe('output that cannot be written', () => {
  test('is an error that is told', async () => {
    const server = await serverWith({
      '/api/generate': () => ({ write: (response) => response.write('{"response":"x"}\n') }),
    });
    const host = hostWith({ port: server.port });
    host.onWrite = () => host.stdout.destroy(Object.assign(new Error('write'), { code: 'ENOSPC' }));
    expect(await runCommandLine(['run', 'm', 'hi'], host)).toBe(1);
    expect(host.told).toBe('Error: could not write the output (ENOSPC)\n');
  });
});

describe('without a server', () => {
  test('one is started and the request sent again; verbose names its log', async () => {
    const port = await closedPort();
    const host = hostWith({
      port,
      startBackgroundServer: async () => {
        const server = net.createServer((socket) =>
          socket.end('HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n{"response":"hi!"}'),
        );
        await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
        cleanups.push(() => void server.close());
        return { logFile: '/home/u/server.log' };
      },
    });
    expect(await runCommandLine(['run', 'm', '--verbose', 'hi'], host)).toBe(0);
    expect(host.written).toBe('hi!\n\n');
    expect(host.told).toContain('/home/u/server.log');
  });

  test('an error of a server that was just started names its log', async () => {
    const port = await closedPort();
    const host = hostWith({
      port,
      startBackgroundServer: async () => {
        const server = net.createServer((socket) => socket.on('data', () => socket.destroy()));
        await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
        cleanups.push(() => void server.close());
        return { logFile: '/home/u/server.log' };
      },
    });
    expect(await runCommandLine(['run', 'm', 'hi'], host)).toBe(1);
    expect(host.told).toMatch(/^Error: could not connect[\s\S]*The server's log file is \/home\/u\/server\.log\n$/);
  });

  test('ps and stop start none, for nothing runs', async () => {
    const host = hostWith({ port: await closedPort() });
    expect(await runCommandLine(['ps'], host)).toBe(0);
    expect(host.written).toBe('NAME    ID    SIZE    PROCESSOR    CONTEXT    UNTIL\n');
    expect(await runCommandLine(['stop', 'm'], host)).toBe(1);
    expect(host.told).toContain('Error: couldn\'t find model "m" to stop');
    expect(host.startedServers).toBe(0);
  });

  test("the version is the program's own", async () => {
    const host = hostWith({ port: await closedPort() });
    expect(await runCommandLine(['--version'], host)).toBe(0);
    expect(host.written).toBe('corral version is 1.2.3\n');
  });
});

describe('other commands', () => {
  test('list aligns its columns and takes a prefix', async () => {
    const models = [
      {
        name: 'smollm2:135m',
        digest: 'fd5f44c0b5af0123',
        size: 98_000_000,
        modified_at: new Date(Date.now() - 120_500).toISOString(),
      },
      { name: '한국어:latest', digest: '0123456789abcdef', size: 9_600_000_000, modified_at: '0001-01-01T00:00:00Z' },
    ];
    const all = await run(['ls'], { '/api/tags': () => ({ json: { models } }) });
    expect(all.stdout).toBe(
      [
        'NAME             ID              SIZE      MODIFIED',
        'smollm2:135m     fd5f44c0b5af    98 MB     2 minutes ago',
        '한국어:latest    0123456789ab    9.6 GB    Never',
        '',
      ].join('\n'),
    );
    const some = await run(['list', 'SMOL'], { '/api/tags': () => ({ json: { models } }) });
    expect(some.stdout.split('\n')).toHaveLength(3);
  });

  test('ps shows where a model is and until when', async () => {
    const soon = new Date(Date.now() + 245_000).toISOString();
    const model = {
      name: 'm:latest',
      digest: 'fd5f44c0b5af0123',
      size: 1000,
      size_vram: 520,
      context_length: 4096,
      expires_at: soon,
    };
    const { stdout } = await run(['ps'], { '/api/ps': () => ({ json: { models: [model] } }) });
    expect(stdout.split('\n')[1]).toBe(
      'm:latest    fd5f44c0b5af    1 KB    48%/52% CPU/GPU    4096       4 minutes from now',
    );
  });

  test('show prints one part as it is', async () => {
    const { stdout, requests } = await run(['show', 'm', '--template'], {
      '/api/show': () => ({ json: { template: '{{ .Prompt }}' } }),
    });
    expect(stdout).toBe('{{ .Prompt }}\n');
    expect(requests[0]?.body).toEqual({ model: 'm', verbose: false });
  });

  test('stop unloads silently', async () => {
    const { exitCode, stdout, stderr, requests } = await run(['stop', 'm'], {
      '/api/generate': () => ({ json: { done: true } }),
    });
    expect([exitCode, stdout, stderr]).toEqual([0, '', '']);
    expect(requests[0]?.body).toEqual({ model: 'm', keep_alive: 0 });
  });

  test("serve is the host's", async () => {
    const { exitCode, host } = await run(['start', '--print-settings'], {});
    expect(exitCode).toBe(7);
    expect(host.served).toEqual([{ printSettings: true, exitWhenIdle: false }]);
  });

  test.each([[[]], [['--help']], [['help']], [['help', 'run']], [['run', '-h']]])(
    '%j prints help to stdout',
    async (argv) => {
      const { exitCode, stdout, stderr } = await run(argv, {});
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toContain('Usage:\n  corral');
    },
  );
});
