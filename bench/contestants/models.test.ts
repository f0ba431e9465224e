import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Scope } from '../processes/scope.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import { embeddingModel, readersModel, starterChatModel } from './models.ts';
import { projectRoot } from './project-root.ts';

const scope = new Scope();
let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder(scope, 'test');
  await writeFile(path.join(folder, 'mine.gguf'), 'GGUF');
  await writeFile(path.join(folder, 'letter.txt'), 'Dear');
});
afterAll(() => scope.close());

it('has both starter models in the checkout', () => {
  expect([starterChatModel, embeddingModel].map(({ file }) => existsSync(file))).toEqual([true, true]);
});

it("takes a reader's own file, or a model of the store that the environment names", () => {
  const file = path.join(folder, 'mine.gguf');
  expect(readersModel(file)).toEqual({ name: 'bench-model', file });
  const store = { OLLAMA_MODELS: path.join(projectRoot, 'starter') };
  expect(readersModel('smollm2:135m', store)).toEqual({ name: 'bench-model', file: starterChatModel.file });
});

it('throws for a file that is no GGUF, and for a model that is nowhere', () => {
  expect(() => readersModel(path.join(folder, 'letter.txt'))).toThrow('does not end in .gguf');
  expect(() => readersModel('nowhere:1b', { OLLAMA_MODELS: folder })).toThrow('no file and no model "nowhere:1b"');
});
