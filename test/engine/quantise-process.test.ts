/** The quantiser with the real engine in its child process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLines } from '../../src/core/line-reader.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { createQuantiser } from '../../src/engine/quantise-process.ts';
import type { QuantiseRequest } from '../../src/engine/quantiser.ts';
import { modelFacts } from '../../src/formats/gguf/model-facts.ts';
import { parseQuantisation } from '../../src/formats/quantisation.ts';
import { readHeader } from '../../src/store/read-header.ts';
import { starterDir } from '../support/starter-store.ts';
import { descendants } from '../support/process-facts.ts';
import { tinyModel } from '../support/tiny-model.ts';

const program = fileURLToPath(new URL('../../dist/runner/quantise-main.js', import.meta.url));
const quantise = createQuantiser({ logger: silentLogger, libraryDir: undefined, threads: 2, program });
const embeddingWeights = 'sha256-abeb1316372b0b6864ee420a39e7b261651687126a7a321114b7b1aafcd00601';
const idle = new AbortController().signal;

let folder: string;
let request: Omit<QuantiseRequest, 'fileType'>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'corral-quantise-'));
  const sourcePath = path.join(folder, 'tiny.gguf');
  await writeFile(sourcePath, tinyModel());
  request = { sourcePath, targetPath: path.join(folder, 'new.gguf'), keptTensors: [] };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const types =
  'F32 F16 BF16 Q8_0 Q6_K Q5_K_M Q5_K_S Q5_1 Q5_0 Q4_K_M Q4_K_S Q4_1 Q4_0 IQ4_NL IQ4_XS Q3_K_L Q3_K_M Q3_K_S IQ3_M IQ3_S ' +
  'Q2_K TQ2_0 TQ1_0 MXFP4_MOE Q2_0 Q1_0';

describe('every type that needs no importance matrix', () => {
  test.each(types.split(' '))('%s', async (name) => {
    const progress: number[] = [];
    const { fileType } = parseQuantisation(name);
    await quantise({ ...request, fileType }, { signal: idle, onProgress: (fraction) => progress.push(fraction) });
    const header = await readHeader(request.targetPath, 'skip');
    expect(modelFacts(header).fileTypeText).toBe(name);
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual(progress.toSorted((one, other) => one - other));
  });
});

test('tensors are kept finer than the rest where that is asked for', async () => {
  const keptTensors = [{ pattern: 'attn_v\\.weight$', ggmlType: 8 }];
  await quantise({ ...request, keptTensors, fileType: 14 }, { signal: idle, onProgress() {} });
  const { tensors } = await readHeader(request.targetPath, 'skip');
  const typeOf = (name: string) => tensors.find((tensor) => tensor.name === name)?.type;
  expect([typeOf('blk.1.attn_v.weight'), typeOf('blk.1.attn_q.weight')]).toEqual(['Q8_0', 'Q4_K']);
});

test('cancelled in the middle, the child is gone and so is its file', async () => {
  const sourcePath = path.join(starterDir, 'blobs', embeddingWeights);
  const cancel = new AbortController();
  let reports = 0;
  const onProgress = () => {
    reports += 1;
    cancel.abort();
  };
  const running = quantise({ ...request, sourcePath, fileType: 15 }, { signal: cancel.signal, onProgress });
  await expect(running).rejects.toMatchObject({ code: 'canceled' });
  expect(reports).toBeGreaterThan(0);
  expect(existsSync(request.targetPath)).toBe(false);
  expect(descendants(process.pid)).toEqual([]);
});

test('cancelled while another one is at work, it does not wait for its turn', async () => {
  const sourcePath = path.join(starterDir, 'blobs', embeddingWeights);
  const first = quantise({ ...request, sourcePath, fileType: 15 }, { signal: idle, onProgress() {} });
  const cancel = new AbortController();
  const second = quantise({ ...request, fileType: 0 }, { signal: cancel.signal, onProgress() {} });
  cancel.abort();
  await expect(second).rejects.toMatchObject({ code: 'canceled' });
  expect(descendants(process.pid)).not.toEqual([]);
  await first;
  expect((await stat(request.targetPath)).size).toBeGreaterThan(1_000_000);
});

test('what the engine cannot read is an error without a path, and leaves nothing', async () => {
  const sourcePath = path.join(folder, 'text.gguf');
  await writeFile(sourcePath, 'GGUF and nothing more');
  await rm(request.targetPath, { force: true });
  const running = quantise({ ...request, sourcePath, fileType: 7 }, { signal: idle, onProgress() {} });
  const error: unknown = await running.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'runner_failed' });
  expect(String(error)).toMatch(/could not be quantised: ./);
  expect(String(error)).not.toContain(folder);
  expect(existsSync(request.targetPath)).toBe(false);
});

test('the child ends at once when its parent is gone', async () => {
  const child = fork(program, [], { env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const ended = once(child, 'exit');
  const sourcePath = path.join(starterDir, 'blobs', embeddingWeights);
  child.send({ ...request, sourcePath, fileType: 15, threads: 1 });
  for await (const line of readLines(child.stderr as NodeJS.ReadableStream)) if (line.startsWith('[')) break;
  child.disconnect();
  expect(await ended).toEqual([null, 'SIGKILL']);
});

const wantImportance = [
  ['IQ3_XS', 22],
  ['IQ3_XXS', 23],
  ['IQ2_M', 29],
  ['IQ1_S', 24],
  ['Q2_K_S', 21],
] as const;

test.each(wantImportance)('%s is refused by name, and the engine would refuse it too', async (name, fileType) => {
  expect(() => parseQuantisation(name)).toThrow(`quantization type ${name} needs an importance matrix`);
  const running = quantise({ ...request, fileType }, { signal: idle, onProgress() {} });
  await expect(running).rejects.toMatchObject({ code: 'runner_failed' });
});
