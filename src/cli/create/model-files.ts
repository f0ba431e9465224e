/**
 * Which files of a folder make up a model: weights of the first kind that is there, then what belongs to them. Files that lead out of the
 * folder through links are refused: a folder from elsewhere could otherwise send any file of this machine to a server.
 */
import { open, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { CorralError } from '../../core/corral-error.ts';

/** In this order; the first that matches anything is taken. */
const weightPatterns = [
  /^model.*\.safetensors$/s,
  /^consolidated.*\.safetensors$/s,
  // What PEFT and MLX call an adapter.
  /^adapters?(_model)?\.safetensors$/,
  /^pytorch_model.*\.bin$/s,
  /^consolidated.*\.pth$/s,
  /\.gguf$/,
  /\.bin$/,
];

/** Absolute real paths, in a fixed order. Throws `bad_modelfile`, or the file system's error. */
export async function modelFilesOf(folder: string): Promise<readonly string[]> {
  const root = await realpath(folder);
  const names = await namesIn(root);
  const nested = await nestedNames(root);
  const weights = weightPatterns
    .map((pattern) => names.filter((name) => pattern.test(name)))
    .find(({ length }) => length > 0);
  if (weights === undefined) {
    throw new CorralError('bad_modelfile', 'no Modelfile or safetensors files found', {
      hint: 'A folder holds a model when *.gguf or *.safetensors files lie in it; FROM can name a file, too.',
    });
  }
  const isSafetensors = /^model.*\.safetensors$/s.test(weights[0] ?? '');
  const tokenizer = names.includes('tokenizer.model')
    ? ['tokenizer.model']
    : nested.filter((name) => path.basename(name) === 'tokenizer.model');
  const chosen = [
    ...weights,
    // Sentence transformers keep the weights of their later modules a folder below.
    ...(isSafetensors ? nested.filter((name) => /^model.*\.safetensors$/s.test(path.basename(name))) : []),
    ...names.filter((name) => name.endsWith('.json')),
    ...nested.filter((name) => name.endsWith('.json')),
    ...names.filter((name) => name === 'chat_template.jinja'),
    ...tokenizer,
  ];
  const files = await Promise.all(chosen.map((name) => insideOf(root, name)));
  for (const [index, file] of files.entries()) await refuseGitLfsPointer(file, chosen[index] ?? '');
  return [...new Set(files)];
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** The files one folder below, as `folder/name`. */
async function nestedNames(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const found = await Promise.all(
    folders.map(async (folder) => (await namesIn(path.join(root, folder))).map((name) => path.join(folder, name))),
  );
  return found.flat();
}

async function insideOf(root: string, name: string): Promise<string> {
  const real = await realpath(path.join(root, name));
  const relative = path.relative(root, real);
  if (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative)) return real;
  throw new CorralError('bad_modelfile', `insecure path: '${name}' is a link out of its folder`, {
    hint: 'Copy the file into the folder. (When it comes from the Hugging Face cache: download with --local-dir.)',
  });
}

const pointerStart = 'version https://git-lfs.github.com/spec/';

async function refuseGitLfsPointer(file: string, name: string): Promise<void> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(pointerStart.length), 0, pointerStart.length, 0);
    if (buffer.subarray(0, bytesRead).toString('latin1') !== pointerStart) return;
  } finally {
    await handle.close();
  }
  throw new CorralError('bad_modelfile', `'${name}' is not the file itself but a Git LFS pointer to it`, {
    hint: "Fetch the files with 'git lfs pull'.",
  });
}
