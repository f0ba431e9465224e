/**
 * A command of the command line: what it accepts, what its help teaches, and how its code is loaded. The code is imported
 * only when the command runs, because the first thing a user notices is how fast the first text appears.
 */
import type { ArgumentSpec } from './command-arguments.ts';
import type { CommandContext } from './command-context.ts';

interface CommandExample {
  readonly command: string;
  readonly what: string;
}

export interface EnvironmentNote {
  readonly name: string;
  readonly what: string;
}

export interface CommandSpec extends ArgumentSpec {
  readonly name: string;
  readonly aliases: readonly string[];
  /** The positional arguments as the usage line shows them. */
  readonly usage: string;
  readonly summary: string;
  readonly examples: readonly CommandExample[];
  readonly environment: readonly EnvironmentNote[];
  /** Ctrl+C is the command's own affair; otherwise it ends the command with 130. */
  readonly handlesInterrupt?: boolean;
  /** Returns the code of the command: call it with the context for the exit code. */
  readonly load: () => Promise<(context: CommandContext) => Promise<number>>;
}

export const hostNote: EnvironmentNote = {
  name: 'OLLAMA_HOST',
  what: 'Address of the server (default 127.0.0.1:11434)',
};
export const modelsNote: EnvironmentNote = {
  name: 'OLLAMA_MODELS',
  what: 'Folder of the models (default ~/.ollama/models)',
};
