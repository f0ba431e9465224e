/** What every command gets: its arguments, the server, the places to write to, and the signal that ends it. */
import type { Settings } from '../config/settings.ts';
import type { CommandArguments } from './command-arguments.ts';
import type { CommandLineHost } from './command-line-host.ts';
import type { ServerClient } from './server-client.ts';

export interface CommandContext extends CommandArguments {
  readonly host: CommandLineHost;
  /** Aborted by Ctrl+C and by a reader of stdout that went away. */
  readonly signal: AbortSignal;
  loadSettings(): Promise<Settings>;
  /** `startServer` false: a command that is about what runs already does not start a server to ask it. */
  connect(options?: { readonly startServer?: boolean; readonly verbose?: boolean }): Promise<ServerClient>;
  /** Writes a result to stdout; on a terminal without the control characters that came from a model or a server. */
  print(text: string): void;
  /** Writes to stderr, in the same way. */
  tell(text: string): void;
  /** Tells an error with its hint and, where a server that this command started may know more, its log file. */
  tellError(thrown: unknown): void;
}
