/** Has work done in pieces while a runner has nothing else to do; messages are read between them. */
export interface IdleWorkOptions {
  /** How long nobody must have asked before. */
  readonly quietMs: number;
  /** Blocks the thread for a moment. False when there is nothing left to do, until somebody has asked again. */
  readonly doPiece: () => boolean;
}

export class IdleWork {
  readonly #options: IdleWorkOptions;
  #timer: NodeJS.Timeout | undefined;
  #isDone = false;

  constructor(options: IdleWorkOptions) {
    this.#options = options;
  }

  /** Somebody asks. */
  pause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isDone = false;
  }

  /** Nobody asks any more. */
  resume(): void {
    if (this.#timer === undefined && !this.#isDone) this.#wait(this.#options.quietMs);
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#options.doPiece()) this.#wait(0);
      else this.#isDone = true;
    }, ms).unref();
  }
}
