/** Columns aligned by the cells their text takes on a terminal, with Ollama's gap of four. */
import { textWidth } from './text-width.ts';

const gap = 4;

/** One line per row, each ending in a newline; nothing is padded at a line's end. `indent` spaces begin each line. */
export function formatTable(rows: readonly (readonly string[])[], indent = 0): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, textWidth(cell));
  }
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - textWidth(cell) + gap)).join('');
  return rows.map((row) => `${' '.repeat(indent)}${line(row)}`.trimEnd() + '\n').join('');
}
