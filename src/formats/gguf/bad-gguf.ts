import { CorralError } from '../../core/corral-error.ts';

/** The error for a file that is no usable GGUF. Messages name no path: they reach clients. */
export function badGguf(
  problem: string,
  hint = 'The file is damaged or was not made for llama.cpp; get it again or convert it anew.',
): CorralError {
  return new CorralError('bad_gguf', `invalid GGUF file: ${problem}`, { hint });
}

/** Text out of the file, made fit for a message: quoted, control characters escaped, not longer than a line. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 63)}…` : text);
}
