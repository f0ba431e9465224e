import { mkdir, readlink, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Scope } from '../processes/scope.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import { usablePeersFolder } from './usable-peers-folder.ts';

const scope = new Scope();
afterEach(() => scope.close());

it('takes a sound folder as it is, and copies one with flattened links', async () => {
  const folder = await temporaryFolder(scope, 'test');
  await mkdir(path.join(folder, 'lib'));
  const place = (name: string) => path.join(folder, 'lib', name);
  await writeFile(place('libx.so.1.0'), 'the library');
  await symlink('libx.so.1.0', place('libx.so.1'));
  // A small library that is no link, since it names no file beside it.
  await writeFile(place('liby.so'), 'nothing.so');
  expect(await usablePeersFolder(folder, scope)).toBe(folder);

  await writeFile(place('libx.so'), 'libx.so.1.0\n');
  const copy = await usablePeersFolder(folder, scope);
  expect(copy).not.toBe(folder);
  expect(await readlink(path.join(copy, 'lib/libx.so'))).toBe('libx.so.1.0');
  expect(await readFile(path.join(copy, 'lib/libx.so'), 'utf8')).toBe('the library');
  expect(await readFile(path.join(copy, 'lib/liby.so'), 'utf8')).toBe('nothing.so');
});
