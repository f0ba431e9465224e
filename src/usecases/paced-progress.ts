/** Progress of work that goes on by itself, told at a steady pace while it lasts. */
import { canceled } from '../core/canceled.ts';
import type { ProgressEvent } from './progress-event.ts';

/** Ollama's pace: what its command line draws from. */
const paceMs = 60;

/** Yields `look()` at each beat and once more when the work is done. Throws what the work throws, and `canceled` on abort. */
export async function* pacedProgress(
  done: Promise<void>,
  look: () => ProgressEvent,
  signal: AbortSignal,
): AsyncGenerator<ProgressEvent, void, undefined> {
  let over = false;
  const end = () => {
    over = true;
  };
  const ended = done.then(end, end);
  for (;;) {
    await beatOr(ended, signal);
    if (signal.aborted) throw canceled();
    if (over) break;
    yield look();
  }
  await done;
  yield look();
}

/** Resolves after a beat, on `ended` or on abort. */
function beatOr(ended: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', settle);
      resolve();
    };
    const timer = setTimeout(settle, paceMs);
    signal.addEventListener('abort', settle, { once: true });
    void ended.then(settle);
    if (signal.aborted) settle();
  });
}
