/** The display of a command that takes a while, on stderr. What a user waits for is shown; results go to stdout. */
import type { TerminalOutput } from '../command-line-host.ts';
import { printableText } from '../terminal/printable-text.ts';

/** One step of the work. With `totalBytes` it is a transfer, shown as a bar; otherwise the text stands with a turning sign. */
export interface ProgressStep {
  readonly text: string;
  /** Tells transfers with the same text apart. */
  readonly key?: string;
  readonly totalBytes?: number;
  readonly completedBytes?: number;
}

export interface ProgressView {
  /** A new text is a new line; a transfer's line changes with its steps. */
  show(step: ProgressStep): void;
  /** Leaves what was drawn on the screen, the cursor below it. Calling it again does nothing. */
  finish(): void;
}

/** Drawn in place on a terminal; elsewhere a line per new text, which a log can hold. */
export async function openProgress(output: TerminalOutput): Promise<ProgressView> {
  if (output.isTTY !== true) return plainProgress(output);
  const { terminalProgress } = await import('./terminal-progress.ts');
  return await terminalProgress(output);
}

function plainProgress(output: TerminalOutput): ProgressView {
  const told = new Set<string>();
  let last = '';
  return {
    show({ text, key, totalBytes }) {
      const name = totalBytes === undefined ? text : `${text} ${key}`;
      // Transfers beside one another take turns; a status may come again after another.
      if (name === last || (totalBytes !== undefined && told.has(name))) return;
      last = name;
      if (totalBytes !== undefined) told.add(name);
      output.write(`${printableText(text)}\n`);
    },
    finish() {},
  };
}
