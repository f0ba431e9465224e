/** The texts of `/?` and its pages. */
import { formatTable } from '../terminal/table.ts';
import { parameterHelp } from './model-parameters.ts';

const tripleQuotes = '"""';

const pages: Readonly<Record<string, () => string>> = {
  '': () =>
    page('Available Commands:', [
      ['/set', 'Set session variables'],
      ['/show', 'Show model information'],
      ['/load <model>', 'Load another model'],
      ['/save <model>', 'Save this session as a model'],
      ['/list', 'List the models that are here'],
      ['/clear', 'Forget what was said'],
      ['/bye', 'Exit'],
      ['/?, /help', 'Help for a command'],
      ['/? shortcuts', 'Help for keyboard shortcuts'],
    ]) + `\nUse ${tripleQuotes} to begin and end a message of several lines.\n`,
  set: () =>
    page('Available Commands:', [
      ['/set parameter ...', 'Set a parameter (/? parameters lists them)'],
      ['/set system <text>', 'Set the system message'],
      ['/set history', 'Keep a history of what is typed'],
      ['/set nohistory', 'Keep no history'],
      ['/set wordwrap', 'Move words to the next line at the edge'],
      ['/set nowordwrap', 'Leave lines to the terminal'],
      ['/set format json', 'Answer in JSON'],
      ['/set noformat', 'Answer freely'],
      ['/set verbose', 'Show timings'],
      ['/set quiet', 'Show no timings'],
      ['/set think [level]', 'Think before answering (low, medium, high, max)'],
      ['/set nothink', 'Answer without thinking'],
    ]),
  show: () =>
    page('Available Commands:', [
      ['/show info', 'Overview of the model'],
      ['/show license', 'Its licence'],
      ['/show modelfile', 'Its Modelfile'],
      ['/show parameters', 'Its parameters, and those of this session'],
      ['/show system', 'The system message'],
      ['/show template', 'The prompt template'],
    ]),
  parameters: () =>
    page(
      'Available Parameters:',
      parameterHelp().map(([name, value, what]) => [`/set parameter ${name} ${value}`, what]),
    ),
  shortcuts: () =>
    page('Available keyboard shortcuts:', [
      ['Ctrl + a', 'To the beginning of the line (Home)'],
      ['Ctrl + e', 'To the end of the line (End)'],
      ['Ctrl + b', 'Back one character (Left)'],
      ['Ctrl + f', 'Forward one character (Right)'],
      ['Alt + b', 'Back one word'],
      ['Alt + f', 'Forward one word'],
      ['Ctrl + k', 'Delete to the end of the line'],
      ['Ctrl + u', 'Delete to the beginning of the line'],
      ['Ctrl + w', 'Delete the word before the cursor'],
      ['Ctrl + l', 'Clear the screen'],
      ['Ctrl + g', 'Write the message in an editor'],
      ['Ctrl + j', 'Begin a new line'],
      ['Up, Down', 'Earlier and later messages'],
      ['Ctrl + c', 'Stop the answer'],
      ['Ctrl + d', 'Exit (/bye)'],
    ]),
};

/** The page of a topic (`''`, `set`, `show`, `parameters`, `shortcuts`); the first page for any other. */
export function replHelp(topic: string): string {
  const found = Object.entries(pages).find(
    ([name]) => name === topic || (name === 'shortcuts' && topic === 'shortcut'),
  );
  return (found?.[1] ?? pages[''] ?? (() => ''))();
}

function page(title: string, rows: readonly (readonly [string, string])[]): string {
  return `${title}\n${formatTable(rows, 2)}`;
}
