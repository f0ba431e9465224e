/** Asks questions at the terminal, on stderr: stdout may lead into a file. */
import type { CommandLineHost } from '../command-line-host.ts';
import { type KeySource, openKeySource } from '../repl/key-source.ts';

export interface Question {
  readonly text: string;
  /** Nothing of the answer is shown, not even its length. */
  readonly isSecret: boolean;
}

/** The answers up to each Enter; undefined at Ctrl+C, Ctrl+D, the terminal's end and an abort. */
export async function askTerminal(
  { stdin, stderr }: Pick<CommandLineHost, 'stdin' | 'stderr'>,
  questions: readonly Question[],
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  // One source for all: what is typed or pasted ahead waits in it.
  const keys = openKeySource(stdin, stderr);
  const end = (): void => keys.close();
  signal.addEventListener('abort', end, { once: true });
  const answers: string[] = [];
  try {
    for (const question of questions) {
      const answer = await readAnswer(keys, question, (text) => stderr.write(text));
      stderr.write('\n');
      if (answer === undefined || signal.aborted) return undefined;
      answers.push(answer);
    }
    return answers;
  } finally {
    signal.removeEventListener('abort', end);
    keys.close();
  }
}

async function readAnswer(
  keys: KeySource,
  { text: question, isSecret }: Question,
  write: (text: string) => void,
): Promise<string | undefined> {
  let answer = '';
  const echo = (text: string): void => {
    if (!isSecret) write(text);
  };
  write(question);
  for (let key = await keys.next(); key !== undefined; key = await keys.next()) {
    if (key.kind !== 'key') {
      const text = key.text.replaceAll('\n', '');
      answer += text;
      echo(text);
      continue;
    }
    switch (key.name) {
      case 'enter':
      case 'newline':
        return answer;
      case 'backspace':
      case 'ctrl-u':
        answer = key.name === 'ctrl-u' ? '' : Array.from(answer).slice(0, -1).join('');
        echo(`\r\u001b[K${question}${answer}`);
        break;
      case 'ctrl-c':
      case 'ctrl-d':
        return undefined;
      default: // the others mean nothing here
    }
  }
  return undefined;
}
