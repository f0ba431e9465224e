/** Values pushed by one side and awaited by the other, one at a time. A failure overtakes nothing: it comes after what was pushed. */
export class AsyncQueue<Value> {
  readonly #values: Value[] = [];
  #failure: { readonly error: unknown } | undefined;
  #waiting: { readonly resolve: (value: Value) => void; readonly reject: (error: unknown) => void } | undefined;

  push(value: Value): void {
    if (this.#waiting === undefined) {
      this.#values.push(value);
      return;
    }
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve(value);
  }

  /** Every `next` after the values that are there rejects with `error`. The first failure stands. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#waiting?.reject(this.#failure.error);
    this.#waiting = undefined;
  }

  /** One consumer at a time. */
  next(): Promise<Value> {
    if (this.#values.length > 0) return Promise.resolve(this.#values.shift() as Value);
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }
}
