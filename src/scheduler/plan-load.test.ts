import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { chatModelPath, embeddingModelPath } from '../../test/support/starter-runner.ts';
import { addedBytes, splitTensors } from '../formats/split-weights/split-tensors.ts';
import { readHeader } from '../store/read-header.ts';
import { planLoad, type PlanInput } from './plan-load.ts';
import { noOptions } from './test-model.ts';

const chat = await readHeader(chatModelPath, 'skip');
const embedding = await readHeader(embeddingModelPath, 'skip');

const drafting: PlanInput = {
  model: { modelPath: '/model', draftPath: '/draft' },
  header: chat,
  draftHeader: chat,
  options: noOptions,
  settings: {
    contextTokens: 0,
    numParallel: 0,
    kvCells: 0,
    flashAttention: 'auto',
    kvCacheType: 'f16',
    threads: 0,
    modelsDir: '/models',
    splitWeights: false,
  },
  machineThreads: 2,
  freeBytes: Infinity,
};
const without: PlanInput = { ...drafting, draftHeader: undefined };

describe('a load of weights that may be split', () => {
  const splitting: PlanInput = {
    ...without,
    settings: { ...drafting.settings, splitWeights: true },
    processor: 'x64',
  };

  test('says where they are kept, and counts what they take more', () => {
    const plan = planLoad(splitting);
    expect(plan.load.splitFolder).toBe(path.join('/models', '.corral-split-weights'));
    expect(plan.estimateBytes - planLoad(without).estimateBytes).toBe(addedBytes(splitTensors(chat)));
  });

  test('gives up the second context before them, and them before more than is free', () => {
    const most = planLoad(splitting);
    const smaller = planLoad({ ...splitting, freeBytes: most.estimateBytes - 1 });
    expect([smaller.load.splitFolder, smaller.load.kvCells]).toEqual([most.load.splitFolder, most.load.kvCells / 2]);
    const least = planLoad({ ...splitting, freeBytes: smaller.estimateBytes - 1 });
    expect(least.load.splitFolder).toBeUndefined();
    expect(least).toEqual(planLoad({ ...without, freeBytes: smaller.estimateBytes - 1 }));
  });

  test('is as before where it is switched off, on other processors, and for models without any', () => {
    expect(planLoad({ ...without, processor: 'x64' }).load.splitFolder).toBeUndefined();
    expect(planLoad({ ...splitting, processor: 'arm64' })).toEqual(planLoad(without));
    const { load, estimateBytes } = planLoad({ ...splitting, header: embedding });
    expect(load.splitFolder).toBeUndefined();
    expect(estimateBytes).toBe(planLoad({ ...without, header: embedding }).estimateBytes);
  });
});

describe('a load with a draft model', () => {
  test('counts its weights, its cells and its results', () => {
    const { load, estimateBytes, leavesOutDraft } = planLoad(drafting);
    const cellBytes = 30 * 2 * 3 * 64 * 2;
    expect(load.draft?.modelPath).toBe('/draft');
    expect(leavesOutDraft).toBeUndefined();
    expect(estimateBytes - planLoad(without).estimateBytes).toBeGreaterThan(96_576_768 + 4096 * cellBytes);
  });

  test('gives up the second context before the draft, and the draft before more than is free', () => {
    const most = planLoad(drafting);
    const smaller = planLoad({ ...drafting, freeBytes: most.estimateBytes - 1 });
    expect([smaller.load.draft?.modelPath, smaller.load.kvCells]).toEqual(['/draft', most.load.kvCells / 2]);
    const least = planLoad({ ...drafting, freeBytes: smaller.estimateBytes - 1 });
    expect([least.load.draft, least.leavesOutDraft]).toEqual([undefined, true]);
    expect(least.estimateBytes).toBeLessThan(smaller.estimateBytes);
  });

  test.each<[string, Partial<PlanInput>]>([
    ['its draft could not be read', { draftHeader: undefined }],
    ['it has none', { model: { modelPath: '/model' } }],
    ['it makes embeddings', { header: embedding }],
  ])('is one without when %s, and nothing is said to be left out', (_, change) => {
    const { load, leavesOutDraft } = planLoad({ ...drafting, ...change });
    expect([load.draft, leavesOutDraft]).toEqual([undefined, undefined]);
  });
});
