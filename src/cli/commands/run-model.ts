/**
 * `corral run MODEL [PROMPT...]`: one answer where there is a prompt or no terminal, else a chat.
 *
 * The request goes out as early as it can: the server says whether the model exists, embeds or thinks, so nothing is asked
 * before. What only a terminal needs is imported while the server works.
 */
import { type CorralError, toCorralError } from '../../core/corral-error.ts';
import { createAnswerPrinter, type AnswerPrinter } from '../answer/answer-printer.ts';
import { readRunFlags, type RunFlags } from '../answer/run-flags.ts';
import { usageError } from '../command-arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { asRecord, type JsonRecord, listField, textField } from '../json-fields.ts';
import { withPulledModel } from '../progress/with-pulled-model.ts';
import type { ServerClient } from '../server-client.ts';
import { startSpinner } from '../terminal/spinner.ts';
import { terminalColumns } from '../terminal/terminal-size.ts';

export async function runModel(context: CommandContext): Promise<number> {
  const flags = readRunFlags(context.flags);
  const [model = '', ...words] = context.positionals;
  const prompt = await wholePrompt(words, context);
  const client = await context.connect({ verbose: flags.verbose });
  if (prompt === '' && context.host.stdinIsTerminal && context.host.stdout.isTTY === true) {
    const { runRepl } = await import('../repl/repl.ts');
    return await runRepl({ context, client, model, flags });
  }
  const { signal } = context;
  return await withPulledModel({ context, client, model, insecure: flags.insecure, signal }, async () => {
    if (flags.dimensions !== undefined || flags.truncate !== undefined)
      return await embed(context, client, model, prompt, flags);
    try {
      return await generate(context, client, model, prompt, flags);
    } catch (thrown) {
      const error = toCorralError(thrown);
      if (!saysEmbedding(error)) throw error;
      return await embed(context, client, model, prompt, flags);
    }
  });
}

/** What was piped in comes first, so that a prompt can ask about it. */
async function wholePrompt(words: readonly string[], { host }: CommandContext): Promise<string> {
  if (host.stdinIsTerminal) return words.join(' ');
  const parts: Buffer[] = [];
  for await (const part of host.stdin as AsyncIterable<Buffer>) parts.push(part);
  const piped = Buffer.concat(parts).toString('utf8');
  return (piped === '' ? words : [piped, ...words]).join(' ');
}

async function generate(
  context: CommandContext,
  client: ServerClient,
  model: string,
  prompt: string,
  flags: RunFlags,
): Promise<number> {
  const request = { model, prompt, keep_alive: flags.keepAlive, format: flags.format, think: flags.think };
  let printer: Promise<AnswerPrinter> | undefined;
  const loadPrinter = () => (printer ??= printerFor(context, flags));
  const spinner = startSpinner(context.host.stderr);
  let last: JsonRecord = {};
  try {
    const options = { signal: context.signal, onSent: () => void loadPrinter() };
    for await (const value of client.readStream('/api/generate', request, options)) {
      last = asRecord(value);
      const thinking = textField(last, 'thinking');
      const response = textField(last, 'response');
      if (thinking === '' && response === '') continue;
      const shown = await loadPrinter();
      spinner.stop();
      if (thinking !== '') shown.thinking(thinking);
      shown.content(response);
    }
  } finally {
    spinner.stop();
    (await printer)?.finish();
  }
  if (flags.verbose) await tellTimings(context, last);
  return 0;
}

async function printerFor({ host }: CommandContext, flags: RunFlags): Promise<AnswerPrinter> {
  const output = host.stdout;
  const hideThinking = flags.hideThinking;
  if (output.isTTY !== true || !flags.wordWrap)
    return createAnswerPrinter({ output, wrapper: undefined, hideThinking });
  const { createWordWrapper } = await import('../terminal/word-wrapper.ts');
  return createAnswerPrinter({ output, wrapper: createWordWrapper(() => terminalColumns(output)), hideThinking });
}

async function tellTimings(context: CommandContext, last: JsonRecord): Promise<void> {
  const { timingReport } = await import('../answer/timing-report.ts');
  context.tell(timingReport(last));
}

/** The server refuses to generate with an embedding model; the same command then means its vector. */
function saysEmbedding({ status, message }: CorralError): boolean {
  return status === 400 && message.includes('does not support generate');
}

async function embed(
  context: CommandContext,
  client: ServerClient,
  model: string,
  input: string,
  flags: RunFlags,
): Promise<number> {
  if (input === '') throw usageError('an embedding model needs a text', `For example: corral run ${model} "some text"`);
  const request = { model, input, keep_alive: flags.keepAlive, truncate: flags.truncate, dimensions: flags.dimensions };
  const reply = asRecord(await client.readJson('POST', '/api/embed', request, { signal: context.signal }));
  context.print(`${JSON.stringify(listField(reply, 'embeddings')[0] ?? [])}\n`);
  return 0;
}
