/** What a line typed into the chat means. */

export type TypedLine =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'message'; readonly text: string }
  /** `words` are the command's arguments; `rest` is the text after the first of them, with its spaces and lines. */
  | { readonly kind: 'command'; readonly name: string; readonly words: readonly string[]; readonly rest: string }
  | { readonly kind: 'unknown'; readonly name: string };

const commandNames: ReadonlySet<string> = new Set([
  'set',
  'show',
  'load',
  'save',
  'list',
  'ls',
  'clear',
  'bye',
  'exit',
  'help',
  '?',
]);
const tripleQuotes = '"""';

export function readTypedLine(line: string): TypedLine {
  const text = line.trim();
  if (text === '') return { kind: 'nothing' };
  const [, name, tail = ''] = /^\/(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  if (name === undefined) return { kind: 'message', text: unquoted(line) };
  if (commandNames.has(name)) {
    const words = tail.split(/\s+/).filter((word) => word !== '');
    return { kind: 'command', name, words, rest: unquoted(tail.slice(words[0]?.length ?? 0).trim()) };
  }
  // A message may begin with a file's path; no command holds a second slash or a dot.
  return /[/\\.]/.test(name) ? { kind: 'message', text: unquoted(line) } : { kind: 'unknown', name: `/${name}` };
}

/** Without the `"""` around it and the line breaks next to them. */
function unquoted(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith(tripleQuotes)) return text;
  const end = trimmed.indexOf(tripleQuotes, tripleQuotes.length);
  const inner =
    end === -1
      ? trimmed.slice(tripleQuotes.length)
      : trimmed.slice(tripleQuotes.length, end) + trimmed.slice(end + tripleQuotes.length);
  return inner.replace(/^\n/, '').replace(/\n$/, '');
}
