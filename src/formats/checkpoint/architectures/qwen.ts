/** Qwen 2 and 3, and embedding models made of them. */
import { count, type Architecture } from '../architecture.ts';
import { decoderEntries, decoderNames, headLength } from './decoder.ts';
import { stretchedRope } from '../rope.ts';

export const qwen2: Architecture = {
  name: 'qwen2',
  names: decoderNames,
  ropes: ['linear', 'yarn'],
  async entries(config, checkpoint) {
    return [...(await decoderEntries(config, checkpoint)), ...stretchedRope(config)];
  },
};

export const qwen3: Architecture = {
  name: 'qwen3',
  names: decoderNames,
  ropes: ['linear', 'yarn'],
  async entries(config, checkpoint) {
    return [
      ...(await decoderEntries(config, checkpoint)),
      ['attention.key_length', count(headLength(config))],
      ['attention.value_length', count(headLength(config))],
      ...stretchedRope(config),
    ];
  },
};
