/** The command line's host made of this process: its streams, its signals, and background servers started from `binFile`. */
import { isatty } from 'node:tty';
import type { Settings } from '../config/settings.ts';
import type { CommandLineHost, ServeOptions, TerminalInput } from './command-line-host.ts';

export interface ProcessHostOptions {
  readonly version: string;
  /** The program's own start file, run with this process's node to start a background server. */
  readonly binFile: string;
  loadSettings(): Settings | Promise<Settings>;
  serve(options: ServeOptions): Promise<number>;
}

export function createProcessHost(options: ProcessHostOptions): CommandLineHost {
  return {
    version: options.version,
    get stdin(): TerminalInput {
      return process.stdin;
    },
    get stdinIsTerminal(): boolean {
      return isatty(0);
    },
    stdout: process.stdout,
    stderr: process.stderr,
    loadSettings: () => options.loadSettings(),
    serve: (serveOptions) => options.serve(serveOptions),
    async startBackgroundServer(signal) {
      const { startBackgroundServer } = await import('./background-server.ts');
      const { host, homeDir } = await options.loadSettings();
      return await startBackgroundServer({ command: [process.execPath, options.binFile], host, homeDir, signal });
    },
    onInterrupt(listener) {
      // Once: a second Ctrl+C then ends the process as if nobody listened, should the orderly way hang.
      process.once('SIGINT', listener);
      return () => void process.removeListener('SIGINT', listener);
    },
    async suspend() {
      // Windows has no stopped jobs.
      if (process.platform === 'win32') return;
      // While stdin is not read nothing else keeps the process from ending when it is continued.
      const hold = setInterval(() => {}, 60_000);
      await new Promise<void>((resolve) => {
        process.once('SIGCONT', () => resolve());
        // The whole job, as the terminal itself would: a wrapper such as npx stops too.
        process.kill(0, 'SIGTSTP');
      });
      clearInterval(hold);
    },
  };
}
