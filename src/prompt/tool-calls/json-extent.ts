/** Where a JSON object or array that begins at `start` ends (the index after it); 'more' when it goes on, 'bad' when it can't be one. */
export function jsonExtent(text: string, start: number): number | 'more' | 'bad' {
  const closers: string[] = [];
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (character === '"') {
      const end = stringEnd(text, index);
      if (end === 'more') return 'more';
      index = end;
    } else if (character === '{') closers.push('}');
    else if (character === '[') closers.push(']');
    else if ((character === '}' || character === ']') && closers.pop() !== character) return 'bad';
    if (closers.length === 0) return index === start ? 'bad' : index + 1;
  }
  return 'more';
}

/** The index of the quote that closes the string opened at `start`. */
function stringEnd(text: string, start: number): number | 'more' {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === '"') return index;
  }
  return 'more';
}

/** Skips white space. */
export function skipSpace(text: string, start: number): number {
  let index = start;
  while (index < text.length && /\s/.test(text[index] ?? '')) index++;
  return index;
}
