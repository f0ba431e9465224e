import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sharedFileNames } from './file-names.ts';
import { modelFilesOf } from './model-files.ts';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'corral-files-')));
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(...names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), 'content');
  }
}

const found = async () => (await modelFilesOf(folder)).map((file) => path.relative(folder, file));

describe('the files of a folder', () => {
  test.each([
    [
      'safetensors, also a folder below, and what belongs to them',
      [
        'model-1.safetensors',
        'model-2.safetensors',
        '2_Dense/model.safetensors',
        '2_Dense/config.json',
        'config.json',
        'a.gguf',
        'chat_template.jinja',
        'tokenizer.model',
        'notes.txt',
      ],
      [
        'model-1.safetensors',
        'model-2.safetensors',
        '2_Dense/model.safetensors',
        'config.json',
        '2_Dense/config.json',
        'chat_template.jinja',
        'tokenizer.model',
      ],
    ],
    [
      'consolidated safetensors',
      ['consolidated.safetensors', 'params.json'],
      ['consolidated.safetensors', 'params.json'],
    ],
    ['pytorch', ['pytorch_model.bin', 'other.bin'], ['pytorch_model.bin']],
    ['pth', ['consolidated.00.pth', 'x.bin'], ['consolidated.00.pth']],
    ['GGUF', ['b.gguf', 'a.gguf', 'x.bin'], ['a.gguf', 'b.gguf']],
    ['bin', ['x.bin', 'deep/tokenizer.model'], ['x.bin', 'deep/tokenizer.model']],
  ])('%s', async (_name, names, files) => {
    write(...names);
    expect(await found()).toEqual(files);
  });

  test('none is an error', async () => {
    write('notes.txt', 'deep/x.gguf');
    await expect(found()).rejects.toThrow('no Modelfile or safetensors files found');
  });

  test('a link inside the folder is followed, one that leads out is refused', async () => {
    write('blobs/1', 'out.gguf');
    const inside = path.join(folder, 'snapshot');
    mkdirSync(inside);
    writeFileSync(path.join(inside, 'real'), 'x');
    symlinkSync('real', path.join(inside, 'a.gguf'));
    expect(await modelFilesOf(inside)).toEqual([path.join(inside, 'real')]);
    symlinkSync('../blobs/1', path.join(inside, 'b.gguf'));
    await expect(modelFilesOf(inside)).rejects.toMatchObject({
      message: "insecure path: 'b.gguf' is a link out of its folder",
      hint: expect.stringContaining('--local-dir') as string,
    });
  });

  test('a Git LFS pointer is told apart from the file', async () => {
    writeFileSync(path.join(folder, 'a.gguf'), 'version https://git-lfs.github.com/spec/v1\noid sha256:1\n');
    await expect(found()).rejects.toThrow("'a.gguf' is not the file itself but a Git LFS pointer to it");
  });
});

test.each([
  ['one file has its name alone', ['/a/b/c.gguf'], ['c.gguf']],
  ['files of one folder', ['/a/b/c', '/a/b/d'], ['c', 'd']],
  ['a folder below', ['/a/b/c', '/a/b/e/d'], ['c', 'e/d']],
  ['folders beside one another', ['/a/b/c', '/a/e/d'], ['b/c', 'e/d']],
  ['nothing in common', ['/a/c', '/b/d'], ['a/c', 'b/d']],
])('names in a request: %s', (_name, files, names) => {
  expect([...sharedFileNames(files).values()]).toEqual(names);
});
