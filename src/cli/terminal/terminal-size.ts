import type { TerminalOutput } from '../command-line-host.ts';

/** What terminals had before they had sizes. Zero is what a terminal says that nobody has told its size (under a pipe). */
const usualColumns = 80;
const usualRows = 24;

export function terminalColumns({ columns = 0 }: TerminalOutput): number {
  return columns > 0 ? columns : usualColumns;
}

export function terminalRows({ rows = 0 }: TerminalOutput): number {
  return rows > 0 ? rows : usualRows;
}
