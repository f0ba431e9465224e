/**
 * Work that several callers want at the same time is done once: the first starts it, the others join, and it is ended when the last of
 * them has left before it was done.
 */
export interface Shared<Handle> {
  readonly handle: Handle;
  /** Settles as the work does. */
  readonly done: Promise<void>;
  /** To be called once by everybody who joined; resolves when work that nobody wants any more has ended. */
  leave(): Promise<void>;
}

export interface StartedWork<Handle> {
  /** What the callers see of the work, such as its progress. */
  readonly handle: Handle;
  readonly done: Promise<void>;
}

interface Entry<Handle> extends StartedWork<Handle> {
  readonly stop: AbortController;
  callers: number;
}

export class SharedWork<Handle> {
  readonly #running = new Map<string, Entry<Handle>>();

  /** Joins the work of this key, or starts it. Work that is being ended is waited for first: two at once would be in each other's way. */
  async join(key: string, start: (signal: AbortSignal) => StartedWork<Handle>): Promise<Shared<Handle>> {
    let entry = this.#running.get(key);
    while (entry?.stop.signal.aborted) {
      await entry.done.catch(() => {});
      entry = this.#running.get(key);
    }
    entry ??= this.#start(key, start);
    entry.callers++;
    return {
      handle: entry.handle,
      done: entry.done,
      leave: async () => {
        entry.callers--;
        if (entry.callers > 0) return;
        entry.stop.abort();
        await entry.done.catch(() => {});
      },
    };
  }

  #start(key: string, start: (signal: AbortSignal) => StartedWork<Handle>): Entry<Handle> {
    const stop = new AbortController();
    const entry: Entry<Handle> = { ...start(stop.signal), stop, callers: 0 };
    this.#running.set(key, entry);
    const forget = () => this.#running.delete(key);
    // Everybody who joined gets the error from `done`.
    entry.done.then(forget, forget);
    return entry;
  }
}
