/** Who is being answered at this moment, so that what can wait does. All models share the processor, so every one of them counts. */
import { canceled } from '../../core/canceled.ts';

export interface Foreground {
  /** A request has come; call what it returns when it has been answered. */
  enter(): () => void;
  /** Resolves once nobody is being answered. Rejects with `canceled`. */
  whenIdle(signal: AbortSignal): Promise<void>;
}

export function createForeground(): Foreground {
  let open = 0;
  let waiting: (() => void)[] = [];

  function leave(): void {
    open--;
    if (open > 0) return;
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }

  function nextIdle(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        signal.removeEventListener('abort', give);
        resolve();
      };
      const give = () => {
        waiting = waiting.filter((other) => other !== wake);
        reject(canceled());
      };
      waiting.push(wake);
      signal.addEventListener('abort', give, { once: true });
    });
  }

  return {
    enter() {
      open++;
      let left = false;
      return () => {
        if (!left) leave();
        left = true;
      };
    },
    async whenIdle(signal) {
      // Somebody may come between being woken and going on.
      for (;;) {
        if (signal.aborted) throw canceled();
        if (open === 0) return;
        await nextIdle(signal);
      }
    },
  };
}
