/**
 * What another type of weights is worth on this processor, and what it costs in accuracy: the model as it is against itself requantised. No
 * peers: they run the same kernels.
 */
import path from 'node:path';
import { startOllamaLike } from '../contestants/ollama-like-program.ts';
import { weightsFileInStore } from '../contestants/weights-file-in-store.ts';
import { compareWeights } from '../measuring/compare-weights.ts';
import { generate } from '../measuring/generate.ts';
import { uniquePrompt } from '../measuring/prompt-text.ts';
import { requantise } from '../measuring/requantise.ts';
import { decodeOneStream, streamsTogether, trialsOf, type ServerTrial } from '../measuring/server-trials.ts';
import type { Entry, EntryRole, Measure, Scenario } from '../scenario.ts';

interface Variant {
  readonly label: string;
  readonly role: EntryRole;
  /** Undefined = as it is. */
  readonly type: string | undefined;
}

/**
 * Q8_0 is the one that is recommended. F16 holds the very same numbers, so its distance is what other kernels alone make: they round what they
 * multiply the weights with in other ways. IQ4_NL shows what as few bits as before would bring.
 */
const variants: readonly Variant[] = [
  { label: 'Q8_0', role: 'corral', type: 'Q8_0' },
  { label: 'as it is', role: 'peer', type: undefined },
  { label: 'F16', role: 'reference', type: 'F16' },
  { label: 'IQ4_NL', role: 'reference', type: 'IQ4_NL' },
];

/** About 512 tokens of the starter model. */
const promptWords = 450;

const speeds: readonly ServerTrial[] = [
  {
    measure: { name: 'prompt of about 512 tokens', unit: 'tok/s', better: 'higher' },
    async run(server, signal) {
      const request = { prompt: uniquePrompt(promptWords), maxTokens: 2 };
      const { promptTokens = 0, firstTextMs } = await generate(server, request, signal);
      return promptTokens / (firstTextMs / 1000);
    },
  },
  decodeOneStream,
  streamsTogether(8),
];

const distances: readonly Measure[] = [
  { name: 'KL divergence from the weights as they are, mean', unit: '1/1000 nat', better: 'lower' },
  { name: 'KL divergence, 99 of 100 positions below', unit: '1/1000 nat', better: 'lower' },
  { name: 'the same first choice', unit: '%', better: 'higher' },
];

export const weights: Scenario = {
  name: 'weights',
  summary: 'the model against itself requantised: speed, and how far its distributions move (no peers)',
  async open({ contestants: { corral, setup }, scope, signal }) {
    if (corral === undefined) throw new Error('only corral takes part, and it does not run');
    // A model that gave way to the next would be loaded in the time that is measured.
    const environment = { CORRAL_SPECULATION: '0', OLLAMA_MAX_LOADED_MODELS: String(variants.length) };
    const server = await startOllamaLike(corral, scope, signal, { environment });
    const made = new Map<string, string>();
    for (const { type } of variants)
      if (type !== undefined) made.set(type, await requantise(corral, server, server.modelName, type, signal));
    const nameOf = ({ type }: Variant) => (type === undefined ? server.modelName : (made.get(type) ?? ''));
    const fileOf = (name: string) => weightsFileInStore(path.join(corral.home, '.ollama/models'), name);

    const compared = variants.map((variant) => ({
      label: variant.label,
      role: variant.role,
      server: { ...server, modelName: nameOf(variant) },
    }));
    const distanceEntries = variants
      .filter(({ type }) => type !== undefined)
      .map((variant): Entry => ({
        label: variant.label,
        role: variant.role,
        async run(stop) {
          const found = await compareWeights(fileOf(server.modelName), fileOf(nameOf(variant)), stop);
          return [1000 * found.meanNats, 1000 * found.p99Nats, 100 * found.agreement];
        },
      }));
    return {
      trials: [...trialsOf(speeds, compared), { measures: distances, entries: distanceEntries }],
      notes: [
        `${setup.chatModel.name}; each type made with corral create --quantize TYPE --requantize; CORRAL_SPECULATION=0`,
        'distances: at every token of 48-token greedy continuations of 50 prompts in English and Korean; the same in every run',
      ],
    };
  },
};
