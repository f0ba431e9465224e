/**
 * The chat at a terminal: reads a line, runs it as a command or asks the model, until it is left. Ctrl+C stops an answer and
 * keeps the session; what had been said of the answer stays part of the conversation.
 */
import path from 'node:path';
import { CorralError } from '../../core/corral-error.ts';
import { createAnswerPrinter } from '../answer/answer-printer.ts';
import type { RunFlags } from '../answer/run-flags.ts';
import { timingReport } from '../answer/timing-report.ts';
import type { CommandContext } from '../command-context.ts';
import { modelTable } from '../commands/list-models.ts';
import { asRecord, type JsonRecord, textField } from '../json-fields.ts';
import { withPulledModel } from '../progress/with-pulled-model.ts';
import type { ServerClient } from '../server-client.ts';
import { startSpinner } from '../terminal/spinner.ts';
import { terminalColumns } from '../terminal/terminal-size.ts';
import { createWordWrapper } from '../terminal/word-wrapper.ts';
import { type ChatSession, chatRequest, cleared, saveRequest, startSession, withExchange } from './chat-session.ts';
import { editExternally } from './external-editor.ts';
import { type InputHistory, openInputHistory } from './input-history.ts';
import { conversationText, loadSession, modelDetails } from './load-session.ts';
import { type KeySource, openKeySource } from './key-source.ts';
import { type LineResult, readLine } from './line-reader.ts';
import { replHelp } from './repl-help.ts';
import { applySet } from './set-command.ts';
import { showPart } from './show-command.ts';
import { readTypedLine, type TypedLine } from './typed-line.ts';

export interface ReplOptions {
  readonly context: CommandContext;
  readonly client: ServerClient;
  readonly model: string;
  readonly flags: RunFlags;
}

/** What every part of the chat works with. */
interface Chat {
  readonly context: CommandContext;
  readonly client: ServerClient;
  readonly history: InputHistory;
  readonly keys: KeySource;
  readonly readNext: () => Promise<LineResult>;
}

const exitHint = '\nUse Ctrl + d or /bye to exit.\n';

/** The exit code. Throws CorralError when the model cannot be loaded at the start. */
export async function runRepl({ context, client, model, flags }: ReplOptions): Promise<number> {
  const { host, signal } = context;
  const settings = await context.loadSettings();
  let session = await withPulledModel({ context, client, model, insecure: flags.insecure, signal }, () =>
    loadSession({ context, client }, startSession(model, flags), signal),
  );
  context.print(conversationText(session));
  const history = openInputHistory(path.join(settings.homeDir, 'history'), !settings.noHistory);
  const keys = openKeySource(host.stdin, host.stdout);
  const readNext = async () =>
    await readLine({
      keys,
      output: host.stdout,
      prompt: '>>> ',
      nextPrompt: '... ',
      placeholder: 'Send a message (/? for help)',
      history: history.entries,
      editExternally: async (text) => await editExternally(text, settings.editor),
      suspend: async () => await host.suspend(),
    });
  const chat: Chat = { context, client, history, keys, readNext };
  const endReading = () => keys.close();
  signal.addEventListener('abort', endReading, { once: true });
  try {
    while (!signal.aborted) {
      const result = await chat.readNext();
      if (result.kind === 'end') return 0;
      if (result.kind === 'interrupt') {
        if (result.text === '') context.print(exitHint);
        continue;
      }
      history.add(result.text);
      const line = readTypedLine(result.text);
      if (line.kind === 'command' && (line.name === 'bye' || line.name === 'exit')) return 0;
      session = await runLine(chat, session, line);
    }
    return 0;
  } finally {
    signal.removeEventListener('abort', endReading);
    keys.close();
  }
}

/** An error ends the line, never the chat. */
async function runLine(chat: Chat, session: ChatSession, line: TypedLine): Promise<ChatSession> {
  try {
    if (line.kind === 'message') return await ask(chat, session, line.text);
    if (line.kind === 'command') return await runCommand(chat, session, line);
    if (line.kind === 'unknown') chat.context.print(`Unknown command '${line.name}'. Type /? for help\n`);
  } catch (thrown) {
    chat.context.tellError(thrown);
  }
  return session;
}

async function runCommand(
  chat: Chat,
  session: ChatSession,
  line: TypedLine & { kind: 'command' },
): Promise<ChatSession> {
  const { context, client, history } = chat;
  const [first = ''] = line.words;
  switch (line.name) {
    case 'set': {
      const { session: next, message, history: keep } = applySet(session, line.words, line.rest);
      if (keep !== undefined) history.setEnabled(keep);
      if (message !== '') context.print(`${message}\n`);
      return next;
    }
    case 'show':
      context.print(showPart(session, await modelDetails(client, session.model, context.signal), first));
      return session;
    case 'list':
    case 'ls':
      context.print(await modelTable(client, first, context.signal));
      return session;
    case 'clear':
      context.print('Cleared session context\n');
      return cleared(session);
    case 'load':
      return await switchModel(chat, session, first);
    case 'save':
      return await saveModel(chat, session, line.words);
    default:
      context.print(replHelp(first));
      return session;
  }
}

async function switchModel(chat: Chat, session: ChatSession, model: string): Promise<ChatSession> {
  if (model === '') {
    chat.context.print('Usage:\n  /load <model>\n');
    return session;
  }
  const next = cleared({ ...session, model });
  chat.context.print(`Loading model '${model}'\n`);
  const loaded = await interruptible(chat, (signal) => loadSession(chat, next, signal));
  if (loaded === undefined) return session;
  chat.context.print(conversationText(loaded));
  return loaded;
}

async function saveModel(chat: Chat, session: ChatSession, [name, ...more]: readonly string[]): Promise<ChatSession> {
  if (name === undefined || more.length > 0) {
    chat.context.print('Usage:\n  /save <modelname>\n');
    return session;
  }
  const saved = await interruptible(chat, (signal) => saveSession(chat, session, name, signal));
  if (saved === true) chat.context.print(`Created new model '${name}'\n`);
  return session;
}

/** The server's steps are not shown: all it does is write some small files. */
async function saveSession(
  { context, client }: Chat,
  session: ChatSession,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  const spinner = startSpinner(context.host.stderr);
  let last: JsonRecord = {};
  try {
    for await (const value of client.readStream('/api/create', saveRequest(session, name), { signal }))
      last = asRecord(value);
  } finally {
    spinner.stop();
  }
  return textField(last, 'status') === 'success';
}

async function ask(chat: Chat, session: ChatSession, question: string): Promise<ChatSession> {
  const { context, client } = chat;
  const { stdout, stderr } = context.host;
  const wrapper = session.wordWrap ? createWordWrapper(() => terminalColumns(stdout)) : undefined;
  const printer = createAnswerPrinter({ output: stdout, wrapper, hideThinking: session.hideThinking });
  const spinner = startSpinner(stderr);
  let thinking = '';
  let content = '';
  let last: JsonRecord = {};
  try {
    await interruptible(chat, async (signal) => {
      for await (const value of client.readStream('/api/chat', chatRequest(session, question), { signal })) {
        last = asRecord(value);
        const message = asRecord(last['message']);
        const thought = textField(message, 'thinking');
        const said = textField(message, 'content');
        thinking += thought;
        content += said;
        if ((thought === '' || session.hideThinking) && said === '') continue;
        spinner.stop();
        if (thought !== '') printer.thinking(thought);
        printer.content(said);
      }
    });
  } finally {
    spinner.stop();
    printer.finish();
  }
  if (session.verbose) context.tell(`${timingReport(last)}\n`);
  return content === '' && thinking === '' ? session : withExchange(session, question, content, thinking);
}

/** Runs `use` until it is done or Ctrl+C is pressed, which is no error where `use` gives nothing. */
async function interruptible<T>(
  { keys, context }: Chat,
  use: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const stop = new AbortController();
  const remove = keys.onInterrupt(() => stop.abort());
  try {
    return await use(AbortSignal.any([context.signal, stop.signal]));
  } catch (thrown) {
    if (stop.signal.aborted && thrown instanceof CorralError && thrown.code === 'canceled') return undefined;
    throw thrown;
  } finally {
    remove();
  }
}
