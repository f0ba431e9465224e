/**
 * The bytes that turn one frame on the screen into the next. Only what differs is written, so typing at the end of a line
 * writes the typed character and nothing else, and nothing flickers.
 */
import { type Cell, type Frame, rowWidth } from './line-layout.ts';

const dimOn = '\u001b[38;5;245m';
const dimOff = '\u001b[0m';

/** A screen whose cursor is at the start of an empty row; frames are painted from there. */
export const blankFrame: Frame = { rows: [[]], cursorRow: 0, cursorColumn: 0 };

/** What to write when the screen shows `from` with its cursor, so that it shows `to` with its own. */
export function paint(from: Frame, to: Frame): string {
  let output = '';
  let row = from.cursorRow;
  // Unknown after a write into the last cell, where terminals disagree; then it is set absolutely.
  let column: number | undefined = from.cursorColumn;

  const moveTo = (toRow: number, toColumn: number): void => {
    if (toRow < row) output += `\u001b[${row - toRow}A`;
    if (toRow > row) {
      const existing = Math.max(Math.min(toRow, from.rows.length - 1) - row, 0);
      if (existing > 0) output += `\u001b[${existing}B`;
      const added = toRow - row - existing;
      if (added > 0) {
        // Only a line feed makes a row at the screen's bottom.
        output += `\r${'\n'.repeat(added)}`;
        column = 0;
      }
    }
    row = toRow;
    if (column !== toColumn) output += toColumn === 0 ? '\r' : `\u001b[${toColumn + 1}G`;
    column = toColumn;
  };

  for (const [index, cells] of to.rows.entries()) {
    const before = from.rows[index];
    const same = before === undefined ? 0 : sameCells(before, cells);
    if (before !== undefined && same === cells.length && same === before.length) continue;
    const unchanged = cells.slice(0, same);
    moveTo(index, rowWidth(unchanged));
    const changed = cells.slice(same);
    const oldWidth = before === undefined ? 0 : rowWidth(before);
    const newWidth = rowWidth(cells);
    output += textOf(changed) + (oldWidth > newWidth ? '\u001b[K' : '');
    column = changed.length === 0 ? column : undefined;
    if (oldWidth <= newWidth && index === to.cursorRow && newWidth === to.cursorColumn) column = newWidth;
  }
  if (from.rows.length > to.rows.length) {
    moveTo(to.rows.length, 0);
    output += '\u001b[J';
  }
  moveTo(to.cursorRow, to.cursorColumn);
  return output;
}

/**
 * Takes a frame off a screen that has since become `columns` wide. Terminals fold rows that no longer fit, so the frame may
 * stand on more rows than it has.
 */
export function eraseAfterResize(frame: Frame, columns: number): string {
  const width = Math.max(columns, 1);
  const above = frame.rows.slice(0, frame.cursorRow).map((row) => Math.max(Math.ceil(rowWidth(row) / width), 1));
  const rowsUp = above.reduce((sum, rows) => sum + rows, 0) + Math.floor(frame.cursorColumn / width);
  return `\r${rowsUp > 0 ? `\u001b[${rowsUp}A` : ''}\u001b[J`;
}

function sameCells(before: readonly Cell[], after: readonly Cell[]): number {
  let same = 0;
  while (same < before.length && same < after.length && isSame(before[same], after[same])) same += 1;
  return same;
}

function isSame(before: Cell | undefined, after: Cell | undefined): boolean {
  return before?.text === after?.text && before?.dim === after?.dim;
}

function textOf(cells: readonly Cell[]): string {
  let output = '';
  let dim = false;
  for (const cell of cells) {
    if ((cell.dim === true) !== dim) {
      dim = !dim;
      output += dim ? dimOn : dimOff;
    }
    output += cell.text;
  }
  return dim ? output + dimOff : output;
}
