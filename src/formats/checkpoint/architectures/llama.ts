/** Llama, and Mistral, which is one with other numbers. */
import { count, float, type Architecture, type ComputedTensor } from '../architecture.ts';
import type { Config } from '../config.ts';
import { decoderEntries, decoderNames, headLength } from './decoder.ts';
import { ropeBase, ropeScaling, ropeType, stretchedRope } from '../rope.ts';

export const llama: Architecture = {
  name: 'llama',
  names: decoderNames,
  async entries(config, checkpoint) {
    const headDimension = config.count('head_dim');
    return [
      ...(await decoderEntries(config, checkpoint)),
      ['vocab_size', count(config.count('vocab_size'))],
      ['rope.dimension_count', count(headLength(config))],
      ['attention.head_dim', count(headDimension)],
      ['attention.key_length', count(headDimension)],
      ['attention.value_length', count(headDimension)],
      ['attention.layer_norm_epsilon', float(config.number('layer_norm_eps', 'layer_norm_epsilon', 'norm_epsilon'))],
      ['rope.freq_base', float(ropeBase(config))],
      ...stretchedRope(config),
    ];
  },
  interleavesRotary: true,
  ropes: ['linear', 'yarn', 'llama3'],
  computed: ropeFactors,
};

/** Llama 3.1's slowing of low frequencies, as in rope_utils of the transformers library: one factor for each pair of numbers of a head. */
function ropeFactors(config: Config): readonly ComputedTensor[] {
  const base = ropeBase(config);
  if (ropeType(config) !== 'llama3' || base === undefined) return [];
  const scaling = ropeScaling(config);
  const factor = scaling.number('factor') ?? 8;
  const low = scaling.number('low_freq_factor') ?? 1;
  const high = scaling.number('high_freq_factor') ?? 4;
  const original = scaling.number('original_max_position_embeddings') ?? 8192;
  const length = headLength(config);
  const values = Array.from({ length: length / 2 }, (_, pair) => {
    const wavelength = 2 * Math.PI * base ** ((2 * pair) / length);
    if (wavelength < original / high) return 1;
    if (wavelength > original / low) return factor;
    const smooth = (original / wavelength - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
  return [{ name: 'rope_freqs.weight', values }];
}
