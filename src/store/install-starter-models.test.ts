import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import { parseManifest } from '../formats/model-manifest.ts';
import { listManifests } from './find-manifests.ts';
import { installStarterModels } from './install-starter-models.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const starterDir = join(project, 'starter');
const chatManifest = 'manifests/registry.ollama.ai/library/smollm2/135m';
const embedManifest = 'manifests/registry.ollama.ai/library/all-minilm/latest';

// On the disk of the package, so that links are possible; a compiled copy of the code for the processes lies beside the stores.
let scratch: string;
let modelsDir: string;
beforeAll(async () => {
  await mkdir(join(project, 'node_modules/.cache'), { recursive: true });
  scratch = await mkdtemp(join(project, 'node_modules/.cache/corral-starter-'));
  await chmod(scratch, 0o755);
  await writeFile(join(scratch, 'package.json'), '{"type":"module"}');
  const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
  const options =
    '--ignoreConfig --noCheck --target es2023 --module nodenext --rewriteRelativeImportExtensions --types node';
  const source = join(project, 'src/store/install-starter-models.ts');
  const args = [
    compiler,
    ...options.split(' '),
    '--rootDir',
    join(project, 'src'),
    '--outDir',
    join(scratch, 'js'),
    source,
  ];
  const { status } = spawnSync(process.execPath, args, { cwd: project, stdio: 'inherit' });
  if (status !== 0) throw new Error('the compiler failed');
});
afterAll(() => rm(scratch, { recursive: true }));
beforeEach(async () => {
  modelsDir = join(await mkdtemp(join(scratch, 'store-')), 'models');
  await chmod(dirname(modelsDir), 0o755);
});
afterEach(() => rm(dirname(modelsDir), { recursive: true }));

const install = (method: 'link-or-copy' | 'copy' = 'link-or-copy'): Promise<void> =>
  installStarterModels({ starterDir, modelsDir, logger: silentLogger, method });

/** A process of its own that installs into the same store. */
function startInstaller(method: 'link-or-copy' | 'copy'): ChildProcess {
  const compiled = pathToFileURL(join(scratch, 'js/store/install-starter-models.js')).href;
  const logger = pathToFileURL(join(scratch, 'js/core/logger.js')).href;
  const code = `
    import { installStarterModels } from ${JSON.stringify(compiled)};
    import { silentLogger } from ${JSON.stringify(logger)};
    const [starterDir, modelsDir, method] = process.argv.slice(1);
    await installStarterModels({ starterDir, modelsDir, method, logger: silentLogger });`;
  const args = ['--input-type=module', '--eval', code, starterDir, modelsDir, method];
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function throwFault(_parts: readonly string[], fault: unknown): never {
  throw fault;
}

/** Names of the models in the store, after checking that every blob they need is there with the right bytes. */
async function wholeModels(): Promise<string[]> {
  const names: string[] = [];
  for (const { name, path } of await listManifests(modelsDir, throwFault)) {
    const { config, layers } = parseManifest(await readFile(path));
    for (const { digest } of [config, ...layers]) {
      const bytes = await readFile(join(modelsDir, 'blobs', digest.replace(':', '-')));
      expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest);
    }
    names.push(`${name.model}:${name.tag}`);
  }
  return names.sort();
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** Models that are whole and all files: nothing but these may lie in a store after an installation. */
async function stateOf(): Promise<{ models: string[]; files: string[] }> {
  return { models: await wholeModels(), files: (await filesOf(modelsDir)).sort() };
}

async function installed(): Promise<{ models: string[]; files: string[] }> {
  const files = (await filesOf(starterDir)).filter((file) => /^(?:blobs|manifests)\//.test(file));
  return { models: ['all-minilm:latest', 'smollm2:135m'], files: [...files, '.corral-starter.json'].sort() };
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

describe('installing the starter models', () => {
  it('links the blobs into a store that does not exist yet, and copies the manifests', async () => {
    await install();
    expect(await stateOf()).toEqual(await installed());
    for (const file of await readdir(join(starterDir, 'blobs'))) {
      const [source, target] = await Promise.all([
        stat(join(starterDir, 'blobs', file)),
        stat(join(modelsDir, 'blobs', file)),
      ]);
      expect(target.ino).toBe(source.ino);
    }
    expect((await stat(join(modelsDir, chatManifest))).ino).not.toBe((await stat(join(starterDir, chatManifest))).ino);
  });

  it('copies where links are not wanted', async () => {
    await install('copy');
    expect(await stateOf()).toEqual(await installed());
    for (const file of await readdir(join(modelsDir, 'blobs'))) {
      expect((await stat(join(modelsDir, 'blobs', file))).nlink).toBe(1);
    }
  });

  it('does not bring back what the user deleted', async () => {
    await install();
    await rm(join(modelsDir, chatManifest));
    await install();
    expect(await wholeModels()).toEqual(['all-minilm:latest']);
    await rm(join(modelsDir, 'manifests'), { recursive: true });
    await rm(join(modelsDir, 'blobs'), { recursive: true });
    await install();
    expect(await filesOf(modelsDir)).toEqual(['.corral-starter.json']);
  });

  it('leaves a model of the same name alone, in whatever case it is written', async () => {
    const own = join(modelsDir, 'manifests/registry.ollama.ai/library/SmolLM2/135M');
    await mkdir(dirname(own), { recursive: true });
    await writeFile(own, 'mine');
    await install();
    expect(await readFile(own, 'utf8')).toBe('mine');
    expect(await isThere(join(modelsDir, chatManifest))).toBe(false);
    expect(await isThere(join(modelsDir, embedManifest))).toBe(true);
  });

  it('repairs a blob that is half there from an earlier copy', async () => {
    const blob = 'sha256-b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';
    await mkdir(join(modelsDir, 'blobs'), { recursive: true });
    await writeFile(join(modelsDir, 'blobs', blob), 'half');
    await install();
    expect(await stateOf()).toEqual(await installed());
  });

  it('starts anew when its record is no record', async () => {
    await mkdir(modelsDir);
    await writeFile(join(modelsDir, '.corral-starter.json'), '{"offer');
    await install();
    expect(await stateOf()).toEqual(await installed());
  });

  it('clears up what a process of the same id left behind before the machine was started anew', async () => {
    await mkdir(join(modelsDir, 'blobs'), { recursive: true });
    await writeFile(join(modelsDir, 'blobs', `sha256-00-corral-${process.pid}-0123abcd-1`), 'left over');
    await install();
    expect(await stateOf()).toEqual(await installed());
  });

  it('works through a store that is a link to another folder', async () => {
    const real = join(dirname(modelsDir), 'elsewhere');
    await mkdir(real);
    await symlink(real, modelsDir);
    await install();
    expect(await wholeModels()).toEqual(['all-minilm:latest', 'smollm2:135m']);
  });

  it('has an end when the caller cancels', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(installStarterModels({ starterDir, modelsDir, logger: silentLogger, signal })).rejects.toBe(reason);
    expect(await isThere(modelsDir)).toBe(false);
  });
});

describe('a store that takes nothing', () => {
  // Permissions don't bind the administrator, who may run these tests.
  async function asOrdinaryUser(action: () => Promise<void>): Promise<void> {
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      await action();
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  }
  const readOnly = async (): Promise<void> => {
    for (const folder of ['blobs', 'manifests', '.']) await chmod(join(modelsDir, folder), 0o555);
  };
  const readWrite = async (): Promise<void> => {
    for (const folder of ['.', 'blobs', 'manifests']) await chmod(join(modelsDir, folder), 0o755);
  };

  it('gives a clear error and stays as it was', async () => {
    await mkdir(join(modelsDir, 'blobs'), { recursive: true });
    await mkdir(join(modelsDir, 'manifests'));
    await readOnly();
    await asOrdinaryUser(() =>
      expect(install()).rejects.toMatchObject({
        code: 'store_write',
        message: "the model store can't be written (EACCES)",
        hint: 'Give this user permission to write to the folder of OLLAMA_MODELS, or let it name another one.',
      }),
    );
    await readWrite();
    expect(await filesOf(modelsDir)).toEqual([]);
  });

  it('is fine when both models are in it', async () => {
    await install();
    await rm(join(modelsDir, '.corral-starter.json'));
    await readOnly();
    await asOrdinaryUser(install);
    await readWrite();
    expect(await isThere(join(modelsDir, '.corral-starter.json'))).toBe(false);
  });

  it('is an error when a file lies where the store should be', async () => {
    await writeFile(modelsDir, 'a file');
    await expect(install()).rejects.toMatchObject({ code: 'store_write' });
    expect(await readFile(modelsDir, 'utf8')).toBe('a file');
  });

  it('tells a damaged package from a store that can not be written', async () => {
    const broken = join(dirname(modelsDir), 'starter');
    await mkdir(join(broken, dirname(chatManifest)), { recursive: true });
    await writeFile(join(broken, chatManifest), await readFile(join(starterDir, chatManifest)));
    await expect(installStarterModels({ starterDir: broken, modelsDir, logger: silentLogger })).rejects.toMatchObject({
      code: 'store_read',
      message: "the starter model smollm2:135m can't be read (ENOENT)",
    });
    expect(await isThere(modelsDir)).toBe(false);
  });
});

describe('processes', () => {
  it.each(['link-or-copy', 'copy'] as const)('that install at the same moment all end well (%s)', async (method) => {
    const installers = Array.from({ length: 3 }, () => startInstaller(method));
    const ends = await Promise.all(installers.map((installer) => once(installer, 'exit')));
    expect(ends.map(([status]) => status as unknown)).toEqual([0, 0, 0]);
    expect(await stateOf()).toEqual(await installed());
  });

  it('killed at any moment leave whole models or none, and the next one completes the store and clears up', async () => {
    for (const delayMs of [0, 15, 30, 45, 60, 80, 100]) {
      const installer = startInstaller('copy');
      const ended = once(installer, 'exit');
      while (installer.exitCode === null && !(await isThere(join(modelsDir, 'blobs')))) await wait(1);
      await wait(delayMs);
      installer.kill('SIGKILL');
      await ended;
      if (await isThere(modelsDir)) await wholeModels();
      // The next one begins where nothing is, half of the times.
      if (delayMs % 30 === 0) await rm(modelsDir, { recursive: true, force: true });
    }
    const last = startInstaller('copy');
    expect((await once(last, 'exit'))[0]).toBe(0);
    expect(await stateOf()).toEqual(await installed());
  });
});
