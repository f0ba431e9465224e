/** What the composition root lends to the command line: its streams, settings and the two ways to a server. */
import type { Readable, Writable } from 'node:stream';
import type { Settings } from '../config/settings.ts';

export type TerminalInput = Readable & { readonly isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };

export type TerminalOutput = Writable & {
  readonly isTTY?: boolean;
  /** Cells per row and rows; undefined where the output is no terminal. */
  readonly columns?: number;
  readonly rows?: number;
};

export interface ServeOptions {
  /** Print every effective setting with its source and default instead of serving. */
  readonly printSettings: boolean;
  /** The background server: ends itself once its last model has expired. */
  readonly exitWhenIdle: boolean;
}

export interface BackgroundServer {
  readonly logFile: string;
}

export interface CommandLineHost {
  readonly version: string;
  /** Opened on first use: opening it costs start-up time, and most commands never read it. */
  readonly stdin: TerminalInput;
  readonly stdinIsTerminal: boolean;
  readonly stdout: TerminalOutput;
  readonly stderr: TerminalOutput;
  /** Reads the environment once; throws CorralError `bad_setting`. */
  loadSettings(): Settings | Promise<Settings>;
  /** Serves until told to stop; the exit code. */
  serve(options: ServeOptions): Promise<number>;
  /** Resolves once a server listens on the settings' host, whoever started it. */
  startBackgroundServer(signal: AbortSignal): Promise<BackgroundServer>;
  /** Calls the listener at Ctrl+C; the return value takes it off again. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process's part in the foreground job (Ctrl+Z) and returns when it is continued. */
  suspend(): Promise<void>;
}
