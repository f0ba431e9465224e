import { execFileSync, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectRoot } from '../contestants/project-root.ts';
import { endChild } from '../processes/end-process.ts';
import { Scope } from '../processes/scope.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import { selfTimes, type CpuProfile } from './cpu-profile.ts';
import { allocatedBytes, type HeapProfileNode } from './heap-profile.ts';
import { recordWhile } from './record-while.ts';
import { folderVariable } from './recording.ts';

const scope = new Scope();
const { signal } = new AbortController();
let folder: string;

const busyLoop = (name: string) => `
  let kept = [];
  function ${name}() { kept = Array.from({ length: 20000 }, (_, index) => ({ index })); setImmediate(${name}); }
  ${name}();`;

/** A server that forks a runner as Corral does: with no arguments for Node and an environment of its own. */
beforeAll(async () => {
  folder = await temporaryFolder(scope, 'test');
  // Node runs the recorder as the script does: compiled.
  const compiler = path.join(projectRoot, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.bench.json', '--outDir', folder], { cwd: projectRoot });
  const place = (name: string): string => path.join(folder, name);
  await writeFile(place('package.json'), '{"type":"module"}');
  await writeFile(place('runner-main.js'), busyLoop('runnerWork'));
  await writeFile(
    place('server.js'),
    `import { fork } from 'node:child_process';
     const child = fork(${JSON.stringify(place('runner-main.js'))}, [], { env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
     process.on('SIGTERM', () => { child.kill(); process.exit(0); });
     ${busyLoop('serverWork')}`,
  );
  const recorder = pathToFileURL(place('bench/profiling/profile-recorder.js')).href;
  const server = spawn(process.execPath, ['--import', recorder, place('server.js')], {
    env: { ...process.env, [folderVariable]: folder },
    stdio: 'ignore',
  });
  scope.defer(() => endChild(server));
});
afterAll(() => scope.close());

const whileWorking = () => new Promise<string>((resolve) => setTimeout(() => resolve('done'), 200));

it('records the time of a server and of the runner it forked, while the work lasts', async () => {
  const { profiles, result } = await recordWhile(folder, { name: 'first', kind: 'cpu' }, whileWorking, signal);
  expect(result).toBe('done');
  const labels = (profile: unknown) =>
    selfTimes(profile as CpuProfile, (url) => path.basename(url)).map(({ label }) => label);
  expect(labels(profiles.server)).toContainEqual(expect.stringMatching(/server\.js:\d+$/));
  expect(labels(profiles.runner)).toContainEqual(expect.stringMatching(/runner-main\.js:\d+$/));
});

it('records what both allocate, garbage included', async () => {
  const { profiles } = await recordWhile(folder, { name: 'second', kind: 'heap' }, whileWorking, signal);
  const bytes = (profile: unknown) => allocatedBytes(profile as { readonly head: HeapProfileNode });
  // Many rounds of 20,000 objects each; only the last round's are alive.
  expect(bytes(profiles.server)).toBeGreaterThan(1_000_000);
  expect(bytes(profiles.runner)).toBeGreaterThan(1_000_000);
});
