/** Where a path of a Modelfile leads: from the Modelfile's folder, or from the home folder after a `~`. */
import { homedir } from 'node:os';
import path from 'node:path';
import { CorralError } from '../../core/corral-error.ts';
import type { Reference } from './create-plan.ts';

/** Throws `bad_modelfile` for another user's home. */
export function locatePath({ text, line }: Reference, folder: string): string {
  if (text === '~' || text.startsWith('~/')) return path.join(homedir(), text.slice(1));
  if (/^~[^/\\]/.test(text)) {
    throw new CorralError('bad_modelfile', `cannot tell where the home of '${text}' is`, {
      hint: `Line ${line}: write the whole path, or ~/ for your own home.`,
    });
  }
  return path.resolve(folder, text);
}
