/** Lets the user write a prompt in an editor of their own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CorralError } from '../../core/corral-error.ts';

const defaultEditor = process.platform === 'win32' ? 'notepad' : 'vi';

/**
 * The text after the editor has closed. The file lies in a folder that only this user can enter, and is gone afterwards. The
 * terminal must be in its normal mode. Throws CorralError `bad_setting` when the editor cannot be run or reports a failure.
 */
export async function editExternally(text: string, editor: string | undefined): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'corral-prompt-'));
  const file = path.join(folder, 'prompt.txt');
  try {
    writeFileSync(file, text, { mode: 0o600 });
    await runEditor(editor === undefined || editor === '' ? defaultEditor : editor, file);
    // Editors end the last line; the prompt should not.
    return readFileSync(file, 'utf8').replace(/\r\n?/g, '\n').replace(/\n$/, '');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runEditor(editor: string, file: string): Promise<void> {
  // Through a shell, because the setting may hold arguments ("code --wait"); the file's name is no part of what it parses.
  const child =
    process.platform === 'win32'
      ? spawn(`${editor} "${file}"`, { stdio: 'inherit', shell: true })
      : spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) {
    throw new CorralError('bad_setting', `the editor "${editor}" ended with exit code ${code}`, {
      hint: 'OLLAMA_EDITOR, VISUAL or EDITOR choose another one.',
    });
  }
}
