/** A turning sign on a terminal while nothing can be shown yet; it leaves the line as it found it. */
import type { TerminalOutput } from '../command-line-host.ts';

export interface Spinner {
  /** Takes the sign away; calling it again does nothing. */
  stop(): void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;
/** Most answers begin sooner: a sign that only flashes up is worse than none. */
const delayMs = 120;

/** Nothing is written where `output` is no terminal. */
export function startSpinner(output: TerminalOutput): Spinner {
  if (output.isTTY !== true) return { stop: () => {} };
  let frame = 0;
  let shown = false;
  const turn = () => {
    output.write(`${shown ? '' : '\u001b[?25l'}\r${frames[frame % frames.length]} `);
    shown = true;
    frame += 1;
    timer = setTimeout(turn, frameMs);
  };
  let timer = setTimeout(turn, delayMs);
  return {
    stop() {
      clearTimeout(timer);
      if (shown) output.write('\r\u001b[K\u001b[?25h');
      shown = false;
    },
  };
}
