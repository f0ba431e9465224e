/** The lines of a progress display, without a terminal: steps in, lines out. */
import { fitWidth } from '../terminal/text-width.ts';
import { printableText } from '../terminal/printable-text.ts';
import type { ProgressStep } from './progress-view.ts';
import { createTransferRate, type TransferRate } from './transfer-rate.ts';
import { transferLine } from './transfer-line.ts';

export interface ProgressLines {
  show(step: ProgressStep, nowMs: number): void;
  /** `sign` stands behind the text that is being worked on; empty = nothing is any more. */
  draw(columns: number, sign: string, nowMs: number): readonly string[];
}

/** A model has some ten layers, and models made of single tensors some thousand; what has scrolled off a screen is not drawn anyway. */
const mostLines = 200;

interface Line {
  readonly text: string;
  /** Undefined for a text status. */
  readonly key: string | undefined;
  readonly rate: TransferRate;
  completedBytes: number;
  totalBytes: number;
}

export function createProgressLines(): ProgressLines {
  const lines: Line[] = [];

  const lineFor = (step: ProgressStep): Line => {
    const key = step.totalBytes === undefined ? undefined : `${step.text} ${step.key}`;
    const text = printableText(step.text).replace(/\s+/g, ' ').trim();
    const found = key === undefined ? lastText(lines, text) : lines.find((line) => line.key === key);
    if (found !== undefined) return found;
    const line = { text, key, rate: createTransferRate(), completedBytes: 0, totalBytes: 0 };
    lines.push(line);
    if (lines.length > mostLines) lines.shift();
    return line;
  };

  return {
    show(step, nowMs) {
      const line = lineFor(step);
      if (line.key === undefined) return;
      line.totalBytes = step.totalBytes ?? 0;
      line.completedBytes = Math.min(step.completedBytes ?? 0, line.totalBytes);
      line.rate.add(line.completedBytes, nowMs);
    },
    draw(columns, sign, nowMs) {
      return lines.map((line, index) => {
        if (line.key !== undefined) {
          const isOver = sign === '' || line.completedBytes >= line.totalBytes;
          const bytesPerSecond = isOver ? undefined : line.rate.bytesPerSecond(nowMs);
          return transferLine({ ...line, name: line.text, bytesPerSecond }, columns);
        }
        const isCurrent = sign !== '' && index === lines.length - 1;
        return isCurrent ? `${fitWidth(line.text, columns - 2)} ${sign}` : fitWidth(line.text, columns);
      });
    },
  };
}

/** The last line, where it is that text: the same status again is no news, after another one it is. */
function lastText(lines: readonly Line[], text: string): Line | undefined {
  const last = lines.at(-1);
  return last?.key === undefined && last?.text === text ? last : undefined;
}
