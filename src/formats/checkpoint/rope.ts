/** Rotary positions as a configuration has them: in older files under `rope_scaling`, in newer ones under `rope_parameters`. */
import { count, float, text, type Entries } from './architecture.ts';
import type { Config } from './config.ts';

/** In newer files the base is one of the rope's parameters, of Gemma 3 of those for layers that see everything. */
export const ropeBase = (config: Config): number | undefined =>
  config.number('rope_theta') ?? newerRope(config).number('rope_theta');

const newerRope = (config: Config): Config => {
  const parameters = config.within('rope_parameters');
  const full = parameters.within('full_attention');
  return full.text('rope_type') === undefined ? parameters : full;
};

export const ropeType = (config: Config): string | undefined => {
  const scaling = ropeScaling(config);
  return scaling.text('rope_type') ?? scaling.text('type');
};

export function ropeScaling(config: Config): Config {
  const older = config.within('rope_scaling');
  return older.text('rope_type') === undefined && older.text('type') === undefined ? newerRope(config) : older;
}

/** The stretching of positions by a plain factor, or by YaRN (arXiv 2309.00071). */
export function stretchedRope(config: Config): Entries {
  const type = ropeType(config);
  if (type !== 'linear' && type !== 'yarn') return [];
  const scaling = ropeScaling(config);
  return [
    ['rope.scaling.type', text(type)],
    ['rope.scaling.factor', float(scaling.number('factor'))],
    ['rope.scaling.original_context_length', count(scaling.count('original_max_position_embeddings'))],
    ['rope.scaling.attn_factor', float(scaling.number('attention_factor'))],
    ['rope.scaling.yarn_beta_fast', float(scaling.number('beta_fast'))],
    ['rope.scaling.yarn_beta_slow', float(scaling.number('beta_slow'))],
  ];
}
