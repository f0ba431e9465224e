/**
 * A process is killed at every step of every change to a store. Whatever the step: no blob is half there, each model is the old one or the new
 * one with all its blobs, the same change can be made again, and the next clean-ups leave nothing behind.
 */
import { readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/core/logger.ts';
import { blobFileName, parseDigest } from '../../src/formats/digest.ts';
import { displayName, parseModelName } from '../../src/formats/model-name.ts';
import { cleanStore } from '../../src/store/clean-store.ts';
import { namedDigests } from '../../src/store/named-digests.ts';
import { age, digestOf, manifestBytes, storeFolder, type StoreFolder } from '../../src/store/test-store-folder.ts';
import { countSteps, crashAt, faultsOfSteps } from '../support/crash-points.ts';

const hoursMs = 3_600_000;
const changes = ['write', 'adopt', 'replace', 'copy', 'copy to a new name', 'delete', 'clean'] as const;
type Change = (typeof changes)[number];

/** Of changes with more, every other step is tried. */
const mostSteps = 40;

/** Three models that share some layers, and a blob that nobody names. */
async function prepared(): Promise<StoreFolder> {
  const folder = await storeFolder();
  const [config, shared, own] = [await folder.add('{}'), await folder.add('shared'), await folder.add('own')];
  await folder.manifests.write(parseModelName('model'), manifestBytes(config, [shared, own]));
  await folder.manifests.write(parseModelName('other'), manifestBytes(config, [shared]));
  await folder.manifests.write(parseModelName('spare'), manifestBytes(config, [await folder.add('spare'), shared]));
  await age(folder.modelsDir, (await folder.add('loose')).digest, 2 * hoursMs);
  return folder;
}

const programOf = (folder: StoreFolder, change: Change) => ({
  fixture: 'change-store.mjs',
  args: [folder.modelsDir, change],
});

/** Each model with its id; throws when one can't be read, lacks a blob, or any blob is not what its name says. */
async function models(folder: StoreFolder): Promise<Record<string, string>> {
  for (const file of await folder.blobFiles()) {
    const named = parseDigest(file);
    if (named === undefined) continue;
    if (digestOf(await readFile(folder.blobs.path(named))) !== named) throw new Error(`${file} is half a blob`);
  }
  for (const digest of await namedDigests(folder.modelsDir)) {
    if ((await folder.blobs.sizeOf(digest)) === undefined) throw new Error(`${digest} is missing`);
  }
  const found: Record<string, string> = {};
  for (const name of await folder.manifests.names()) {
    found[displayName(name)] = (await folder.manifests.read(name))?.digest ?? 'gone';
  }
  return found;
}

/** Lets hours pass for everything in the store. */
async function wait(folder: StoreFolder): Promise<void> {
  const then = new Date(Date.now() - 2 * hoursMs);
  for (const inner of ['blobs', '.corral-holds']) {
    for (const file of await readdir(join(folder.modelsDir, inner))) {
      await utimes(join(folder.modelsDir, inner, file), then, then);
    }
  }
}

async function checkAfter(step: number, change: Change, wanted: Record<string, string>): Promise<void> {
  const folder = await prepared();
  try {
    const before = await models(folder);
    await crashAt(step, programOf(folder, change));
    expect([before, wanted]).toContainEqual(await models(folder));

    // A model that is gone can't be deleted once more.
    const isDone = change === 'delete' && (await models(folder))['model:latest'] === undefined;
    if (!isDone) await countSteps(programOf(folder, change));
    expect(await models(folder)).toEqual(wanted);

    await wait(folder);
    await cleanStore({ modelsDir: folder.modelsDir, noPrune: false, logger: silentLogger });
    const needed = [...(await namedDigests(folder.modelsDir))].map(blobFileName);
    expect(await folder.blobFiles()).toEqual(needed.sort());
    expect(await readdir(join(folder.modelsDir, '.corral-holds'))).toEqual([]);
    expect(await folder.manifestFiles()).toHaveLength(Object.keys(wanted).length);
  } finally {
    await folder.remove();
  }
}

describe('a process that is killed while it changes a store', () => {
  test.each(changes)('%s', async (change) => {
    const whole = await prepared();
    const steps = await countSteps(programOf(whole, change));
    const wanted = await models(whole);
    await whole.remove();
    expect(steps).toBeGreaterThan(4);
    expect(
      await faultsOfSteps({ steps, stride: steps > mostSteps ? 2 : 1 }, (step) => checkAfter(step, change, wanted)),
    ).toEqual([]);
  });
});
