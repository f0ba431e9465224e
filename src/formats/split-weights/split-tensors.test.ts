import { describe, expect, it } from 'vitest';
import { chatModelPath } from '../../../test/support/starter-runner.ts';
import { readHeader } from '../../store/read-header.ts';
import type { Gguf, GgufTensor } from '../gguf/gguf.ts';
import { addedBytes, splitTensors } from './split-tensors.ts';

const large: GgufTensor = {
  name: 'blk.3.ffn_down.weight',
  shape: [1536, 576],
  type: 'Q4_1',
  offsetBytes: 0,
  sizeBytes: 552_960,
};

function header(tensors: readonly GgufTensor[], architecture: unknown = 'llama'): Gguf {
  const metadata = new Map([['general.architecture', String(architecture)]]);
  return { version: 3, metadata, tensors, dataOffsetBytes: 0, fileSizeBytes: 0 };
}

describe('the weights that are split', () => {
  it('are large matrices of the layers', async () => {
    const found = splitTensors(await readHeader(chatModelPath, 'skip'));
    expect(found).toHaveLength(150);
    expect(found.find(({ name }) => name === large.name)).toEqual({ name: large.name, rowBlocks: 48, rows: 576 });
    expect(new Set(found.map(({ name }) => name.replace(/\d+/, 'N')))).toEqual(
      new Set(['attn_q', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'].map((matrix) => `blk.N.${matrix}.weight`)),
    );
    // In each of 30 layers: rows of offsets, matrices that add up blocks, and codes that take 2 bytes less per block.
    const offsets = (2 * 576 + 2 * 1536) * 2 * 34 + 576 * 3 * 34;
    const sums = 4 * 64 * 18 * 18 + 96 * 48 * 18;
    const saved = 2 * ((2 * 576 + 2 * 1536) * 18 + 576 * 48);
    expect(addedBytes(found)).toBe(30 * (offsets + sums - saved));
  });

  it.each<[string, Partial<GgufTensor>]>([
    ['another type', { type: 'Q4_0' }],
    ['a small one', { shape: [576, 192] }],
    ['one whose rows make no groups', { shape: [1536, 577] }],
    ['one much wider than high', { shape: [32 * 576, 576] }],
    ['experts', { name: 'blk.3.ffn_down_exps.weight', shape: [1536, 576, 8] }],
    ['the output', { name: 'output.weight' }],
    ['the embedding', { name: 'token_embd.weight' }],
    ['a bias', { name: 'blk.3.ffn_down.bias' }],
  ])('are not %s', (_, change) => {
    expect(
      splitTensors(header([large, { ...large, ...change, name: change.name ?? 'blk.4.ffn_up.weight' }])),
    ).toHaveLength(1);
  });

  it('are none where they are the smaller part, since all of the model is copied for them', () => {
    const rest: GgufTensor = { ...large, name: 'blk.3.ffn_up.weight', type: 'Q4_0', sizeBytes: large.sizeBytes };
    expect(splitTensors(header([large, rest]))).toHaveLength(1);
    expect(splitTensors(header([large, { ...rest, sizeBytes: rest.sizeBytes + 1 }]))).toEqual([]);
  });

  it('are none where products are scaled', () => {
    const scale: GgufTensor = { ...large, name: 'blk.3.attn_q.scale', shape: [1], type: 'F32', sizeBytes: 4 };
    expect(splitTensors(header([large, scale]))).toEqual([]);
  });

  it('are none of an architecture that is not known to take adapters everywhere', () => {
    expect(splitTensors(header([large], 'bert'))).toEqual([]);
    expect(splitTensors({ ...header([large]), metadata: new Map() })).toEqual([]);
    expect(addedBytes([])).toBe(0);
  });
});
