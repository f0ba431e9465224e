type Tokens = readonly number[];

/** What may be given as one or as several texts, or as the tokens of one or several; always as several. */
export function inputList(input: string | readonly string[] | Tokens | readonly Tokens[]): (string | Tokens)[] {
  if (typeof input === 'string') return [input];
  const [first] = input;
  return typeof first === 'number' ? [input as Tokens] : [...(input as readonly string[] | readonly Tokens[])];
}
