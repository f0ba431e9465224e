/** How much OpenAI's levels of effort make a model think. `xhigh` and `ultra` are levels that Ollama's clients send too. */
export const thinkByEffort = {
  none: false,
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'max',
  ultra: 'max',
  max: 'max',
} as const;

export type Effort = keyof typeof thinkByEffort;

export const efforts = Object.keys(thinkByEffort) as Effort[];
