/** Finds the Modelfile that `create` was given, or the one that it takes when it was given none. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { CorralError } from '../../core/corral-error.ts';
import { maxModelfileBytes } from '../../formats/modelfile/decode-modelfile.ts';
import type { PlacedCommand } from '../../formats/modelfile/modelfile-command.ts';
import { parseModelfile } from '../../formats/modelfile/parse-modelfile.ts';

export interface FoundModelfile {
  readonly commands: readonly PlacedCommand[];
  /** Where its paths begin. */
  readonly folder: string;
  /** False: there was none, and the folder itself is the model. */
  readonly isWritten: boolean;
}

/** `file` undefined: `./Modelfile`, or `FROM .` where there is none. Throws `bad_modelfile`. */
export async function readModelfile(file: string | undefined): Promise<FoundModelfile> {
  const location = path.resolve(file ?? 'Modelfile');
  const folder = path.dirname(location);
  const bytes = await readText(location, file ?? 'Modelfile');
  if (bytes !== undefined) return { commands: parseModelfile(bytes), folder, isWritten: true };
  if (file === undefined) return { commands: [{ kind: 'from', value: '.', line: 1 }], folder, isWritten: false };
  throw new CorralError('bad_modelfile', `the Modelfile '${file}' does not exist`, {
    hint: "A Modelfile is a text such as: FROM ./model.gguf. 'corral create --help' shows more.",
  });
}

/** Undefined where there is no file. The size is looked at first: it may be a model of many gigabytes. */
async function readText(location: string, name: string): Promise<Uint8Array | undefined> {
  try {
    const { size } = await stat(location);
    if (size <= maxModelfileBytes) return await readFile(location);
    // The parser refuses it by its size alone.
    return Buffer.alloc(maxModelfileBytes + 1);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    if (code === 'ENOENT') return undefined;
    throw new CorralError('bad_modelfile', `could not read the Modelfile '${name}' (${code})`, {
      cause: thrown,
      hint: code === 'EISDIR' ? 'It is a folder: name the file in it, or leave -f out.' : 'Check who may read it.',
    });
  }
}
