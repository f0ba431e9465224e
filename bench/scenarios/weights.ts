/**
 * What split weights and other types are worth on this processor, and what they cost in accuracy: the model as it is against itself. No
 * peers: they run the same kernels.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { splitFileNames } from '../../src/formats/split-weights/split-file-names.ts';
import { splitWeightsFolder } from '../../src/store/store-layout.ts';
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
  /** Undefined = the model's own. */
  readonly type?: string;
  /** Whether Corral is not let split the weights. */
  readonly whole?: boolean;
}

/**
 * Split is what Corral does with Q4_1 by itself, Q8_0 what is recommended of other types. F16 holds the very same numbers, so its distance is
 * what other kernels alone make: they round what they multiply the weights with in other ways. IQ4_NL shows what as few bits as before would bring.
 */
const variants: readonly Variant[] = [
  { label: 'split', role: 'corral' },
  { label: 'as it is', role: 'peer', whole: true },
  { label: 'Q8_0', role: 'reference', type: 'Q8_0' },
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
  summary: 'the model against itself split and requantised: speed, and how far its distributions move (no peers)',
  async open({ contestants: { corral, setup }, scope, signal }) {
    if (corral === undefined) throw new Error('only corral takes part, and it does not run');
    // A model that gave way to the next would be loaded in the time that is measured.
    const environment = { CORRAL_SPECULATION: '0', OLLAMA_MAX_LOADED_MODELS: String(variants.length) };
    const server = await startOllamaLike(corral, scope, signal, { environment });
    const whole = await startOllamaLike(corral, scope, signal, {
      environment: { ...environment, CORRAL_SPLIT_WEIGHTS: '0' },
    });
    const made = new Map<string, string>();
    for (const { type } of variants)
      if (type !== undefined) made.set(type, await requantise(corral, server, server.modelName, type, signal));
    const nameOf = ({ type }: Variant) => (type === undefined ? server.modelName : (made.get(type) ?? ''));
    const store = path.join(corral.home, '.ollama/models');
    const fileOf = (name: string) => weightsFileInStore(store, name);

    const compared = variants.map((variant) => ({
      label: variant.label,
      role: variant.role,
      server: { ...(variant.whole === true ? whole : server), modelName: nameOf(variant) },
    }));
    const distanceEntries = variants
      .filter((variant) => variant.whole !== true)
      .map((variant): Entry => ({
        label: variant.label,
        role: variant.role,
        async run(stop) {
          const base = fileOf(server.modelName);
          const { weights: other = fileOf(nameOf(variant)), offsets } =
            variant.type === undefined ? splitFilesOf(store, base) : {};
          const found = await compareWeights(base, other, offsets, stop);
          return [1000 * found.meanNats, 1000 * found.p99Nats, 100 * found.agreement];
        },
      }));
    return {
      trials: [...trialsOf(speeds, compared), { measures: distances, entries: distanceEntries }],
      notes: [
        `${setup.chatModel.name}; "split": as Corral loads it; "as it is": with CORRAL_SPLIT_WEIGHTS=0; each type made with corral create --quantize TYPE --requantize; CORRAL_SPECULATION=0`,
        'distances: at every token of 48-token greedy continuations of 50 prompts in English and Korean; the same in every run',
      ],
    };
  },
};

/** The speeds were measured before, so they are there. None where this processor splits nothing. */
function splitFilesOf(store: string, weightsFile: string): { readonly weights?: string; readonly offsets?: string } {
  const folder = splitWeightsFolder(store);
  const names = splitFileNames(path.basename(weightsFile));
  const files = { weights: path.join(folder, names.weights), offsets: path.join(folder, names.offsets) };
  return existsSync(files.weights) ? files : {};
}
