/**
 * The command line's start: finds the command, runs it, and turns what it throws into `Error: …` and an exit code.
 *
 * Exit codes: 0 done, 1 error, 130 ended by Ctrl+C, 141 the reader of stdout went away (both silent, and the numbers a shell
 * gives to programs that such a signal ends).
 */
import { type ErrorCode, toCorralError } from '../core/corral-error.ts';
import { type CommandArguments, parseCommandArguments, usageError } from './command-arguments.ts';
import type { CommandContext } from './command-context.ts';
import type { CommandLineHost, TerminalOutput } from './command-line-host.ts';
import type { CommandSpec } from './command-spec.ts';
import { findCommand } from './command-table.ts';
import { createServerClient } from './server-client.ts';
import { printableText } from './terminal/printable-text.ts';

/** The background server that this command started, if it did. */
interface StartedServer {
  logFile: string | undefined;
}

const interrupted = 130;
const brokenPipe = 141;

/** Runs `argv` (without the program's own name); the exit code. Never throws. */
export async function runCommandLine(argv: readonly string[], host: CommandLineHost): Promise<number> {
  const ending = new AbortController();
  let endedBy: number | undefined;
  const end = (exitCode: number) => {
    endedBy ??= exitCode;
    ending.abort();
  };
  const background: StartedServer = { logFile: undefined };
  const handlesInterrupt = findCommand(argv[0] ?? '')?.handlesInterrupt === true;
  const removeInterrupt = handlesInterrupt ? () => {} : host.onInterrupt(() => end(interrupted));
  // Without a listener the error would be thrown; with one, writing on is harmless until the command has ended.
  host.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE')
      write(host.stderr, `Error: could not write the output (${error.code ?? error.message})\n`);
    end(error.code === 'EPIPE' ? brokenPipe : 1);
  });
  // There is no place left to tell it, and the result on stdout is what counts.
  host.stderr.on('error', () => {});
  try {
    const exitCode = await dispatch(argv, host, ending.signal, background);
    await flushed(host.stdout);
    return endedBy ?? exitCode;
  } catch (thrown) {
    if (endedBy !== undefined) return endedBy;
    tellError(thrown, host, background);
    return 1;
  } finally {
    removeInterrupt();
  }
}

async function dispatch(
  argv: readonly string[],
  host: CommandLineHost,
  signal: AbortSignal,
  background: StartedServer,
): Promise<number> {
  const [word, ...words] = argv;
  if (word === undefined || word === '--help' || word === '-h') return await help([], host);
  if (word === 'help') return await help(words, host);
  if (word === '--version' || word === '-v') {
    const { showVersion } = await import('./commands/show-version.ts');
    return await showVersion(contextOf({ positionals: [], flags: {} }, host, signal, background));
  }
  if (word.startsWith('-')) throw usageError(`unknown flag: ${word}`, "'corral --help' shows what there is.");
  const command = commandNamed(word);
  const commandArguments = parseOrExplain(words, command);
  if (commandArguments.flags['help'] === true) return await help([command.name], host);
  const run = await command.load();
  return await run(contextOf(commandArguments, host, signal, background));
}

function commandNamed(word: string): CommandSpec {
  const command = findCommand(word);
  if (command === undefined)
    throw usageError(`unknown command "${word}" for "corral"`, "'corral --help' shows what there is.");
  return command;
}

function parseOrExplain(words: readonly string[], command: CommandSpec): CommandArguments {
  try {
    return parseCommandArguments(words, command);
  } catch (thrown) {
    const { message, hint } = toCorralError(thrown);
    throw usageError(message, hint ?? `'corral ${command.name} --help' shows how, by example.`);
  }
}

async function help(words: readonly string[], host: CommandLineHost): Promise<number> {
  const { commandHelp, overviewHelp } = await import('./command-help.ts');
  const [word] = words;
  write(host.stdout, word === undefined || word === 'help' ? overviewHelp() : commandHelp(commandNamed(word)));
  return 0;
}

function contextOf(
  commandArguments: CommandArguments,
  host: CommandLineHost,
  signal: AbortSignal,
  background: StartedServer,
): CommandContext {
  const context: CommandContext = {
    ...commandArguments,
    host,
    signal,
    loadSettings: async () => await host.loadSettings(),
    async connect({ startServer = true, verbose = false } = {}) {
      const start = async () => {
        const { logFile } = await host.startBackgroundServer(signal);
        background.logFile = logFile;
        if (verbose) context.tell(`started a server in the background, its log file is ${logFile}\n`);
      };
      const settings = await host.loadSettings();
      return createServerClient({ host: settings.host, startServer: startServer ? start : undefined });
    },
    print: (text) => write(host.stdout, text),
    tell: (text) => write(host.stderr, text),
    tellError: (thrown) => tellError(thrown, host, background),
  };
  return context;
}

/** Faults of the server's side; the others are answered by what the command was given. */
const serverFaults: ReadonlySet<ErrorCode> = new Set(['server_unreachable', 'runner_failed', 'internal']);

function tellError(thrown: unknown, host: CommandLineHost, { logFile }: StartedServer): void {
  const { code, message, hint } = toCorralError(thrown);
  const log = logFile !== undefined && serverFaults.has(code) ? `The server's log file is ${logFile}\n` : '';
  write(host.stderr, `Error: ${message}\n${hint === undefined ? '' : `${hint}\n`}${log}`);
}

function write(output: TerminalOutput, text: string): void {
  output.write(output.isTTY === true ? printableText(text) : text);
}

/** Waits until a slow reader of stdout has taken everything, so that the process may end. */
async function flushed(output: TerminalOutput): Promise<void> {
  if (output.writableLength > 0 && !output.destroyed)
    await new Promise<void>((resolve) => output.write('', () => resolve()));
  // The error of a write that has just failed is told in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
}
