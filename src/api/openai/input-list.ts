import { z } from 'zod';

type Tokens = readonly number[];

const tokens = z.array(z.int().min(0));

/** One or several texts, or the tokens of one or several. */
export const inputField = z
  .union([z.string(), z.array(z.string()), tokens, z.array(tokens)], {
    error: 'expected a string, an array of strings, tokens or an array of arrays of tokens',
  })
  .optional();

/** What may be given as one or as several texts, or as the tokens of one or several; always as several. */
export function inputList(input: string | readonly string[] | Tokens | readonly Tokens[]): (string | Tokens)[] {
  if (typeof input === 'string') return [input];
  const [first] = input;
  return typeof first === 'number' ? [input as Tokens] : [...(input as readonly string[] | readonly Tokens[])];
}
