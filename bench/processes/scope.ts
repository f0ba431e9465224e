/**
 * Owns what has to be undone: processes, temporary folders. Closing undoes it in the reverse order, once, also when several ask
 * at the same time (a scenario's end and Ctrl+C). What is handed to a closed scope is undone at once, so that nothing started during an
 * interrupt is left behind.
 */
export class Scope {
  readonly #closers: (() => Promise<void> | void)[] = [];
  #closing: Promise<void> | undefined;

  defer(close: () => Promise<void> | void): void {
    if (this.#closing === undefined) this.#closers.push(close);
    else this.#closing = this.#closing.then(close);
  }

  /** A scope that is closed with this one, if not before. */
  child(): Scope {
    const scope = new Scope();
    this.defer(() => scope.close());
    return scope;
  }

  /** Undoes everything, even if a step fails; then throws the first failure. */
  async close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    await this.#closing;
  }

  async #closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close();
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
