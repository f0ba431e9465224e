import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Scope } from '../processes/scope.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import { weightsFileInStore } from './weights-file-in-store.ts';

const scope = new Scope();
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
let store: string;

async function addManifest(place: string, layers: readonly unknown[]): Promise<void> {
  const file = path.join(store, 'manifests', place);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ layers }));
}

beforeAll(async () => {
  store = await temporaryFolder(scope, 'test');
  const template = { mediaType: 'application/vnd.ollama.image.template', digest: digest('f') };
  const weights = (digit: string) => ({ mediaType: 'application/vnd.ollama.image.model', digest: digest(digit) });
  await addManifest('registry.ollama.ai/library/plain/latest', [template, weights('1')]);
  await addManifest('registry.ollama.ai/library/plain/135m', [weights('2')]);
  await addManifest('registry.ollama.ai/somebody/own/latest', [weights('3')]);
  await addManifest('localhost:5000/a/b/q4', [weights('4')]);
  await addManifest('registry.ollama.ai/library/hollow/latest', [template]);
});
afterAll(() => scope.close());

it.each([
  ['a bare name', 'plain', '1'],
  ['a name with a tag', 'plain:135m', '2'],
  ['a name with its namespace', 'somebody/own', '3'],
  ['a name of another registry with a port', 'localhost:5000/a/b:q4', '4'],
])('finds the blob of %s', (_, name, digit) => {
  expect(weightsFileInStore(store, name)).toBe(path.join(store, 'blobs', `sha256-${digit.repeat(64)}`));
});

it.each([
  ['a model that is not there', 'other', 'no file and no model "other"'],
  ['a model without weights', 'hollow', 'has no weights'],
  ['a way out of the store', '../../etc', "is no model's name"],
])('throws for %s', (_, name, message) => {
  expect(() => weightsFileInStore(store, name)).toThrow(message);
});
