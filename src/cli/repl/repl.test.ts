import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestHost, type TestServer, type Reply, startTestServer } from '../test-host.ts';
import type { JsonRecord } from '../json-fields.ts';
import { runCommandLine } from '../run-command-line.ts';
import { TestTerminal } from '../terminal/test-terminal.ts';

const ctrl = (letter: string) => String.fromCharCode(letter.charCodeAt(0) & 31);

let server: TestServer;
let host: TestHost;
let terminal: TestTerminal;
let chatReply: (body: JsonRecord) => Reply;
let running: Promise<number>;

/** Waits until the screen shows this; a test that waits in vain fails by its time limit with what was shown. */
async function shows(text: string | RegExp): Promise<void> {
  for (;;) {
    const screen = [...terminal.scrollback, ...terminal.screen()].join('\n');
    if (typeof text === 'string' ? screen.includes(text) : text.test(screen)) return;
    await sleep(2);
  }
}

/** The prompt is empty and waits. */
async function prompted(): Promise<void> {
  while (!(terminal.screen().at(-1) ?? '').startsWith('>>> Send')) await sleep(2);
}

async function type(text: string): Promise<void> {
  await prompted();
  host.stdin.write(text);
}

beforeEach(async () => {
  chatReply = () => ({
    lines: [
      { message: { role: 'assistant', content: '네, ' } },
      { message: { content: 'hello.' }, done: true, eval_count: 2 },
    ],
  });
  server = await startTestServer({
    '/api/show': ({ model }) =>
      model === 'talker'
        ? {
            json: {
              capabilities: ['completion'],
              messages: [
                { role: 'user', content: 'who?' },
                { role: 'assistant', content: 'I.' },
              ],
            },
          }
        : model === 'm' || model === 'other'
          ? { json: { capabilities: ['completion'], model_info: {}, template: 'TEMPLATE', parameters: 'stop  "x"' } }
          : { status: 404, json: { error: `model '${String(model)}' not found` } },
    '/api/generate': () => ({ json: { done: true, done_reason: 'load' } }),
    '/api/create': ({ model }) =>
      model === 'bad!' ? { status: 400, json: { error: 'invalid model name' } } : { lines: [{ status: 'success' }] },
    '/api/tags': () => ({ json: { models: [{ name: 'm:latest', digest: 'd', size: 1 }] } }),
    '/api/chat': (body) => chatReply(body),
  });
  host = new TestHost({ port: server.port, columns: 40 });
  terminal = new TestTerminal(40, 60);
  host.onWrite = (text) => terminal.write(text);
  running = runCommandLine(['run', 'm'], host);
});

afterEach(async () => {
  host.stdin.end();
  await running;
  await server.close();
  host.dispose();
});

const chats = () => server.requests.filter((request) => request.path === '/api/chat').map(({ body }) => body);

describe('chat', () => {
  test('remembers what was said', async () => {
    await type('안녕\r');
    await shows('>>> 안녕\n네, hello.\n\n>>> Send');
    await type('again\r');
    await shows(/again\n네, hello\.\n\n>>> Send/);
    expect(chats()[1]?.['messages']).toEqual([
      { role: 'user', content: '안녕' },
      { role: 'assistant', content: '네, hello.' },
      { role: 'user', content: 'again' },
    ]);
  });

  test('loads the model first and leaves with Ctrl+D, the terminal as it was', async () => {
    await prompted();
    expect(host.rawMode).toBe(true);
    expect(server.requests.map(({ path: route }) => route)).toEqual(['/api/show', '/api/generate']);
    host.stdin.write(ctrl('D'));
    expect(await running).toBe(0);
    expect(host.rawMode).toBe(false);
    expect(host.written.endsWith('\u001b[?2004l')).toBe(true);
  });

  test('/bye leaves', async () => {
    await type('/bye\r');
    expect(await running).toBe(0);
  });

  test('Ctrl+C stops an answer, keeps what was said of it, and the chat goes on', async () => {
    chatReply = () => ({ write: (response) => response.write('{"message":{"content":"endless"}}\n') });
    await type('go\r');
    await shows('endless');
    host.stdin.write(ctrl('C'));
    await prompted();
    chatReply = () => ({ lines: [{ message: { content: 'fine' }, done: true }] });
    await type('and now\r');
    await shows('fine');
    expect(chats()[1]?.['messages']).toEqual([
      { role: 'user', content: 'go' },
      { role: 'assistant', content: 'endless' },
      { role: 'user', content: 'and now' },
    ]);
    expect(host.told).toBe('');
  });

  test('Ctrl+C at the prompt tells how to leave, or throws the line away', async () => {
    await type(ctrl('C'));
    await shows('Use Ctrl + d or /bye to exit.');
    await type(`half${ctrl('C')}`);
    await shows('>>> half\n>>> Send');
    expect(chats()).toEqual([]);
  });

  test('what is typed during an answer waits for the next line', async () => {
    let finish = () => {};
    chatReply = () => ({
      write: (response) => {
        response.write('{"message":{"content":"slow"}}\n');
        finish = () => response.end('{"message":{"content":" end"},"done":true}\n');
      },
    });
    await type('one\r');
    await shows('slow');
    host.stdin.write('two');
    finish();
    await shows('slow end\n\n>>> two');
    expect(chats()).toHaveLength(1);
  });

  test('several lines between triple quotes are one message', async () => {
    await type('"""a\r한\rb"""\r');
    await shows('>>> """a\n... 한\n... b"""');
    await shows('hello.');
    expect(chats()[0]?.['messages']).toEqual([{ role: 'user', content: 'a\n한\nb' }]);
  });

  test('an error ends the answer, not the chat', async () => {
    chatReply = () => ({ status: 500, json: { error: 'the runner crashed' } });
    await type('hi\r');
    await prompted();
    await type('/clear\r');
    await shows('Cleared session context');
    expect(host.told).toBe('Error: the runner crashed\n');
  });

  test('history comes back with Up, in the next session too', async () => {
    await type('remember me\r');
    await shows('hello.');
    await type('\u001b[A');
    await shows(/>>> remember me$/);
    expect(readFileSync(path.join(host.homeDir, 'history'), 'utf8')).toBe('remember me\n');
  });
});

describe('commands', () => {
  test('what /set sets is sent', async () => {
    await type('/set parameter num_predict 5\r');
    await shows("Set parameter 'num_predict' to '5'");
    await type('/set system You are kind\r');
    await shows('Set system message.');
    await type('/set nohistory\r');
    await type('/set think low\r');
    await shows("Set 'think' mode to 'low'.");
    await type('hi\r');
    await shows('hello.');
    expect(chats()[0]).toEqual({
      model: 'm',
      messages: [
        { role: 'system', content: 'You are kind' },
        { role: 'user', content: 'hi' },
      ],
      options: { num_predict: 5 },
      think: 'low',
    });
    expect(readFileSync(path.join(host.homeDir, 'history'), 'utf8')).not.toContain('hi\n');
  });

  test.each([
    ['/?', 'Available Commands:'],
    ['/? shortcuts', 'Ctrl + k'],
    ['/show template', 'TEMPLATE'],
    ['/show parameters', 'Model defined parameters:'],
    ['/show bogus', "Unknown command '/show bogus'"],
    ['/list', 'm:latest'],
    ['/nonsense', "Unknown command '/nonsense'. Type /? for"],
    ['/load', 'Usage:'],
    ['/save', 'Usage:'],
    ['/save a b', 'Usage:'],
  ])('%s', async (line, text) => {
    await type(`${line}\r`);
    await shows(text);
    expect(chats()).toEqual([]);
  });

  test('/load takes another model, and keeps the old one where that fails', async () => {
    await type('/load missing\r');
    await prompted();
    await type('hi\r');
    await shows('hello.');
    await type('/load other\r');
    await shows("Loading model 'other'");
    await type('hi\r');
    while (chats().length < 2) await sleep(2);
    expect(host.told).toContain("Error: model 'missing' not found");
    expect(chats().map(({ model, messages }) => [model, (messages as unknown[]).length])).toEqual([
      ['m', 1],
      ['other', 1],
    ]);
  });

  test('/save keeps the conversation, the system message and the parameters as a model', async () => {
    await type('/set system be brief\r');
    await type('/set parameter top_k 5\r');
    await type('hi\r');
    await shows('hello.');
    await type('/save mine\r');
    await shows("Created new model 'mine'");
    await type('/save bad!\r');
    while (!host.told.includes('Error: invalid model name')) await sleep(2);
    const save = server.requests.find((request) => request.path === '/api/create');
    expect(save?.body).toEqual({
      model: 'mine',
      from: 'm',
      system: 'be brief',
      parameters: { top_k: 5 },
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: '네, hello.' },
      ],
    });
  });

  test('/save keeps what the model itself brought along', async () => {
    await type('/load talker\r');
    await shows('>>> who?');
    await type('/save mine\r');
    await shows("Created new model 'mine'");
    expect(server.requests.find((request) => request.path === '/api/create')?.body).toEqual({
      model: 'mine',
      from: 'talker',
      messages: [
        { role: 'user', content: 'who?' },
        { role: 'assistant', content: 'I.' },
      ],
    });
  });
});
