/** The listing behind `corral serve --print-settings`. */
import stringWidth from 'string-width';

export interface SettingReport {
  readonly name: string;
  /** The effective value, as short text. */
  readonly value: string;
  /** Where it came from; `file` is `server.json`. */
  readonly source: 'default' | 'environment' | 'file';
  readonly default: string;
  /** One line. */
  readonly meaning: string;
}

/** Aligned columns with a heading, one line per setting, each ended by a newline. */
export function renderSettingsReport(report: readonly SettingReport[]): string {
  const rows = [
    ['NAME', 'VALUE', 'SOURCE', 'DEFAULT', 'MEANING'],
    ...report.map((row) => [row.name, printable(row.value), row.source, printable(row.default), row.meaning]),
  ];
  const widths =
    rows[0]?.map((_heading, column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? '')))) ?? [];
  const lines = rows.map((row) => row.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  '));
  return lines.map((line) => line.trimEnd() + '\n').join('');
}

// An empty cell would make the columns ambiguous, a control character from the environment would reach the terminal.
function printable(text: string): string {
  if (text === '') return '-';
  return /\p{Cc}/u.test(text) ? JSON.stringify(text) : text;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(width - stringWidth(text));
}
