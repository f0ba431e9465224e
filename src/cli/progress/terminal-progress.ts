/**
 * Draws progress lines in place. log-update does the terminal's part: only lines that have changed are written, inside synchronised output;
 * a resized or low terminal is allowed for, and the cursor comes back whatever ends the process.
 */
import type { TerminalOutput } from '../command-line-host.ts';
import { terminalColumns, terminalRows } from '../terminal/terminal-size.ts';
import { createProgressLines } from './progress-lines.ts';
import type { ProgressView } from './progress-view.ts';

const signs = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

export async function terminalProgress(output: TerminalOutput): Promise<ProgressView> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(sized(output));
  const lines = createProgressLines();
  let frame = 0;
  let shown = false;
  const draw = (sign: string): void => {
    if (!shown) return;
    // The last column stays free: some terminals break the line when it is written to.
    update(lines.draw(terminalColumns(output) - 1, sign, performance.now()).join('\n'));
  };
  const timer = setInterval(() => draw(signs[frame++ % signs.length] ?? ''), frameMs);
  let finished = false;
  return {
    show(step) {
      lines.show(step, performance.now());
      shown = true;
    },
    finish() {
      if (finished) return;
      finished = true;
      clearInterval(timer);
      draw('');
      update.done();
    },
  };
}

/** `output` with the size that is used where the terminal's own is not known. */
function sized(output: TerminalOutput): NodeJS.WritableStream {
  return Object.create(output, {
    columns: { get: () => terminalColumns(output) },
    rows: { get: () => terminalRows(output) },
    write: { value: (text: string) => output.write(text) },
  }) as NodeJS.WritableStream;
}
