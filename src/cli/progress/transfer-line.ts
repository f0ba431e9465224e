/**
 * A transfer as one line: `pulling 4d3bd1e8f6c9:  42% ▕████      ▏  41 MB/ 98 MB   12 MB/s      4s`. On a narrow terminal the rate goes first,
 * then the time left, the sizes and the bar; the name is cut last. All lines of one width have their bars in one place.
 */
import { formatByteSize } from '../../core/byte-size.ts';
import { fitWidth, textWidth } from '../terminal/text-width.ts';

export interface Transfer {
  readonly name: string;
  readonly completedBytes: number;
  readonly totalBytes: number;
  /** Undefined where it is not known, or the transfer is over. */
  readonly bytesPerSecond: number | undefined;
}

/** A shorter bar shows nothing. */
const leastBarCells = 4;
/** The bar's edges and the blanks beside them. */
const barEdgeCells = 4;
const sizeCells = '999 MB/999 MB'.length;
const rateCells = '  999 MB/s'.length;
const timeCells = '  59m59s'.length;

/** At most `columns` cells. */
export function transferLine(transfer: Transfer, columns: number): string {
  const { name, completedBytes, totalBytes, bytesPerSecond } = transfer;
  const share = Math.min(1, totalBytes === 0 ? 1 : completedBytes / totalBytes);
  // Rounded down: 100 stands for a transfer that is complete.
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const head = `${fitWidth(`${name}:`, Math.max(1, columns - percent.length - 1))} ${percent}`;
  let roomCells = columns - textWidth(head) - barEdgeCells - leastBarCells;
  if (roomCells < 0) return head;

  const takes = (cells: number): boolean => roomCells >= cells && (roomCells -= cells) >= 0;
  const hasSizes = takes(sizeCells);
  const hasTime = hasSizes && takes(timeCells);
  const hasRate = hasTime && takes(rateCells);
  const barCells = leastBarCells + roomCells;
  const filled = Math.floor(barCells * share);
  const bar = ` ▕${'█'.repeat(filled)}${' '.repeat(barCells - filled)}▏ `;
  const rate = bytesPerSecond === undefined ? '' : `  ${formatByteSize(bytesPerSecond).padStart(6)}/s`;
  const time = bytesPerSecond === undefined ? '' : `  ${timeLeft(totalBytes - completedBytes, bytesPerSecond)}`;
  const tail = [
    hasSizes ? sizes(completedBytes, totalBytes).padEnd(sizeCells) : '',
    hasRate ? rate.padEnd(rateCells) : '',
    hasTime ? time.padEnd(timeCells) : '',
  ];
  return (head + bar + tail.join('')).trimEnd();
}

function sizes(completedBytes: number, totalBytes: number): string {
  const total = formatByteSize(totalBytes).padStart(6);
  return completedBytes >= totalBytes ? total : `${formatByteSize(completedBytes).padStart(6)}/${total}`;
}

/** At most two units: `1h5m`, `4m12s`, `7s`. */
function timeLeft(bytes: number, bytesPerSecond: number): string {
  const seconds = bytesPerSecond === 0 ? Infinity : Math.round(bytes / bytesPerSecond);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  let text = `${seconds}s`;
  if (hours >= 100) text = '99h+';
  else if (hours > 0) text = `${hours}h${minutes % 60}m`;
  else if (minutes > 0) text = `${minutes}m${seconds % 60}s`;
  return text.padStart(6);
}
