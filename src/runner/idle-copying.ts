/** Has work done in pieces while a runner has nothing else to do; messages are read between them. */

/** A program that asks one question after the other is back before that, and finds its cells in place. */
const quietMs = 250;

export class IdleCopying {
  readonly #copyPiece: () => boolean;
  #timer: NodeJS.Timeout | undefined;
  #isDone = false;

  /** `copyPiece`: false when there is nothing left to copy. */
  constructor(copyPiece: () => boolean) {
    this.#copyPiece = copyPiece;
  }

  /** Somebody asks. */
  pause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isDone = false;
  }

  /** Nobody asks any more. */
  resume(): void {
    if (this.#timer === undefined && !this.#isDone) this.#wait(quietMs);
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#copyPiece()) this.#wait(0);
      else this.#isDone = true;
    }, ms).unref();
  }
}
