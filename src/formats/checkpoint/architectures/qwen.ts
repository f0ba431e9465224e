/** Qwen 2 and 3, and embedding models made of them. */
import { float, type Architecture } from '../architecture.ts';
import { decoderEntries, decoderNames, headEntries } from './decoder.ts';
import { stretchedRope, ropeBase } from '../rope.ts';

export const qwen2: Architecture = {
  name: 'qwen2',
  names: decoderNames,
  ropes: ['linear', 'yarn'],
  async entries(config, checkpoint) {
    return [
      ...(await decoderEntries(config, checkpoint)),
      ['rope.freq_base', float(ropeBase(config))],
      ...stretchedRope(config),
    ];
  },
};

export const qwen3: Architecture = {
  name: 'qwen3',
  names: decoderNames,
  ropes: ['linear', 'yarn'],
  async entries(config, checkpoint) {
    return [
      ...(await decoderEntries(config, checkpoint)),
      ...headEntries(config),
      ['rope.freq_base', float(ropeBase(config))],
      ...stretchedRope(config),
    ];
  },
};
