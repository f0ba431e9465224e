/**
 * Where every character of the line being edited stands on the screen. Rows are broken here and never left to the terminal,
 * whose own folding differs for wide characters at the edge and would leave the cursor's place in doubt.
 */
import { graphemesOf } from '../terminal/text-width.ts';

export interface Cell {
  readonly text: string;
  readonly width: number;
  readonly dim?: boolean;
}

export interface Frame {
  readonly rows: readonly (readonly Cell[])[];
  readonly cursorRow: number;
  /** Always below the screen's width: a cursor behind a full row stands on the next. */
  readonly cursorColumn: number;
}

export interface LineToLayOut {
  readonly text: string;
  /** Offset in `text`, between graphemes. */
  readonly cursor: number;
  /** Before the first line. */
  readonly prompt: string;
  /** Before each further line. */
  readonly nextPrompt: string;
  /** Shown dimly while there is no text. */
  readonly placeholder: string;
  readonly columns: number;
}

const tabWidth = 4;
/** Below this the space is needed for the text, and rows that go on a line are not indented. */
const narrowColumns = 12;

export function layOutLine({ text, cursor, prompt, nextPrompt, placeholder, columns }: LineToLayOut): Frame {
  const width = Math.max(columns, 2);
  const indent = width < narrowColumns ? '' : ' '.repeat(prompt.length);
  const rows: Cell[][] = [];
  let row: Cell[] = [];
  let column = 0;
  const startRow = (lead: string) => {
    // Room for one wide character must stay.
    row = cellsOf(lead.slice(0, width - 2));
    column = row.length;
    rows.push(row);
  };
  let place: { cursorRow: number; cursorColumn: number } | undefined;
  const noteCursor = (offset: number, cellWidth: number) => {
    if (offset !== cursor || place !== undefined) return;
    if (column + cellWidth > width) startRow(indent);
    place = { cursorRow: rows.length - 1, cursorColumn: column };
  };

  let offset = 0;
  for (const [index, line] of text.split('\n').entries()) {
    startRow(index === 0 ? prompt : nextPrompt);
    for (const cell of cellsOf(line)) {
      const shown = cell.text === '\t' ? blanks(Math.min(tabWidth, width - indent.length)) : cell;
      noteCursor(offset, Math.max(shown.width, 1));
      if (column + shown.width > width) startRow(indent);
      row.push(shown);
      column += shown.width;
      offset += cell.text.length;
    }
    noteCursor(offset, 1);
    offset += 1;
  }
  if (text === '') row.push(...fitting(placeholder, width - column));
  return { rows, ...(place ?? { cursorRow: rows.length - 1, cursorColumn: Math.min(column, width - 1) }) };
}

/** At most `height` rows of a frame, those around its cursor: a terminal cannot be written above its first row. */
export function clipFrame(frame: Frame, height: number): Frame {
  const rows = Math.max(height, 1);
  if (frame.rows.length <= rows) return frame;
  const first = Math.min(Math.max(frame.cursorRow - rows + 1, 0), frame.rows.length - rows);
  return {
    rows: frame.rows.slice(first, first + rows),
    cursorRow: frame.cursorRow - first,
    cursorColumn: frame.cursorColumn,
  };
}

export function rowWidth(row: readonly Cell[]): number {
  return row.reduce((sum, { width }) => sum + width, 0);
}

function blanks(width: number): Cell {
  return { text: ' '.repeat(width), width };
}

function cellsOf(text: string): Cell[] {
  return graphemesOf(text);
}

function fitting(text: string, width: number): Cell[] {
  const cells: Cell[] = [];
  let used = 0;
  for (const cell of cellsOf(text)) {
    used += cell.width;
    if (used > width) break;
    cells.push({ ...cell, dim: true });
  }
  return cells;
}
