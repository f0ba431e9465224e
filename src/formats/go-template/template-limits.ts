/**
 * What a template may cost. A template comes from a model file or from a request, so it is hostile until proved otherwise;
 * Go itself sets almost no bounds. Each number is far above the largest real template known (24 KB of source, 40 nested
 * blocks, a few thousand steps) and far below what would hold a server's only thread for seconds.
 */
import { templateFailed } from './template-error.ts';

/** Characters of source. The largest published model template has 24,000. */
export const maxSourceCharacters = 1024 * 1024;

/** Blocks and parentheses inside one another, `else if` chains included. Each level costs a few stack frames while parsing. */
export const maxNesting = 250;

/** Levels while executing, through `template` calls too: keeps a self-calling template clear of the end of the stack. */
export const maxExecutionDepth = 600;

/**
 * Nodes visited and functions called. 5,000 messages through a template of 100 nodes take 500,000; all of these steps
 * together take well under two seconds.
 */
export const maxSteps = 4_000_000;

/** Characters written and built in between, together. Sixteen times what a context of a million tokens holds. */
export const maxTextCharacters = 64 * 1024 * 1024;

/** Levels of objects and lists in data that comes with a request. Go's own decoder stops at 10,000; real tool schemas stay under 12. */
export const maxDataDepth = 200;

/** A function that gets a string touches all of it; this many characters count as one step. */
const charactersPerStep = 64;

/** Counts what one execution has used and throws `template_failed` at the first limit passed. */
export class TemplateBudget {
  #steps = 0;
  #textCharacters = 0;
  #depth = 0;

  chargeStep(count = 1): void {
    this.#steps += count;
    if (this.#steps > maxSteps) throw overLimit(`exceeded the limit of ${maxSteps} steps`);
  }

  /** For reading `length` characters (or list items) in one function call. */
  chargeReading(length: number): void {
    this.chargeStep(Math.floor(length / charactersPerStep));
  }

  /** For text that is written or built. Call before building where the size is known. */
  chargeText(length: number): void {
    this.#textCharacters += length;
    if (this.#textCharacters > maxTextCharacters)
      throw overLimit(`exceeded the limit of ${maxTextCharacters} characters`);
  }

  enter(): void {
    this.#depth += 1;
    if (this.#depth > maxExecutionDepth) throw overLimit(`exceeded maximum template depth (${maxExecutionDepth})`);
  }

  leave(): void {
    this.#depth -= 1;
  }
}

function overLimit(message: string): Error {
  return templateFailed(
    `template: : ${message}`,
    'The template loops or produces far more text than a model can read.',
  );
}
