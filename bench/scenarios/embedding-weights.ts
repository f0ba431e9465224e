/**
 * What another type of weights is worth to an embedding model on this processor, and how far its vectors move: the model as it is against itself
 * requantised. No peers: they run the same kernels.
 */
import { embeddingModel } from '../contestants/models.ts';
import { startOllamaLike } from '../contestants/ollama-like-program.ts';
import { embedTexts } from '../measuring/embed-texts.ts';
import { embedTrial, type ComparedEmbedder } from '../measuring/embed-trial.ts';
import { mixedTexts, shortTexts } from '../measuring/prompt-text.ts';
import { promptsOfTwoLanguages } from '../measuring/prompts-of-two-languages.ts';
import { requantise } from '../measuring/requantise.ts';
import { vectorDistance } from '../measuring/vector-distance.ts';
import type { EntryRole, Scenario, Trial } from '../scenario.ts';

/** Q8_0 is the one that any processor computes quickly; BF16 needs a new one, and Q4_0 shows what still more speed costs. */
const types: readonly (readonly [type: string, role: EntryRole])[] = [
  ['Q8_0', 'corral'],
  ['BF16', 'reference'],
  ['Q4_0', 'reference'],
];

const nearest = 3;

export const embeddingWeights: Scenario = {
  name: 'embedding-weights',
  summary: 'the embedding model against itself requantised: speed, and how far its vectors move (no peers)',
  async open({ contestants: { corral }, scope, signal }) {
    if (corral === undefined) throw new Error('only corral takes part, and it does not run');
    // A model that gave way to the next would be loaded in the time that is measured.
    const environment = { OLLAMA_MAX_LOADED_MODELS: String(types.length + 1) };
    const server = await startOllamaLike(corral, scope, signal, { environment });
    const asItIs: ComparedEmbedder = { label: 'as it is', role: 'peer', server, model: embeddingModel.name };
    const made: ComparedEmbedder[] = [];
    for (const [type, role] of types) {
      const model = await requantise(corral, server, embeddingModel.name, type, signal);
      made.push({ label: type, role, server, model });
    }
    const all = made.toSpliced(1, 0, asItIs);
    return {
      trials: [
        embedTrial('64 texts of about 10 words', all, () => [shortTexts(64)]),
        embedTrial('100 texts of 8 to 200 words', all, () => [mixedTexts(100)]),
        distanceTrial(asItIs, made),
      ],
      notes: [
        `${embeddingModel.name}; each type made with corral create --quantize TYPE --requantize`,
        `distances: ${promptsOfTwoLanguages.length} texts in English and Korean; the same in every run`,
      ],
    };
  },
};

function distanceTrial(asItIs: ComparedEmbedder, variants: readonly ComparedEmbedder[]): Trial {
  return {
    measures: [
      { name: '1 less the cosine with the vectors of the weights as they are, mean', unit: '1/1000', better: 'lower' },
      { name: 'the same, of the text that moved farthest', unit: '1/1000', better: 'lower' },
      { name: `the same ${nearest} nearest texts`, unit: '%', better: 'higher' },
    ],
    entries: variants.map(({ label, role, server, model }) => ({
      label,
      role,
      async run(signal) {
        const before = await embedTexts(server, promptsOfTwoLanguages, signal, asItIs.model);
        const after = await embedTexts(server, promptsOfTwoLanguages, signal, model);
        const { meanCosine, lowestCosine, sameNearest } = vectorDistance(before, after, nearest);
        return [1000 * (1 - meanCosine), 1000 * (1 - lowestCosine), 100 * sameNearest];
      },
    })),
  };
}
