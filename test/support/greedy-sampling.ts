import type { SamplingOptions } from '../../src/engine/runner-protocol.ts';

/** Ollama's defaults at temperature 0: the likeliest token, always. */
export const greedySampling: SamplingOptions = {
  temperature: 0,
  topK: 40,
  topP: 0.9,
  minP: 0,
  typicalP: 1,
  repeatLastN: 64,
  repeatPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  seed: -1,
};
