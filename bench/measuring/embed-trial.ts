/** How many texts a second each of some models embeds. */
import type { Trial } from '../scenario.ts';
import { embedTexts } from './embed-texts.ts';
import { shortTexts } from './prompt-text.ts';
import type { ComparedServer } from './server-trials.ts';

export interface ComparedEmbedder extends ComparedServer {
  readonly model: string;
}

/** `makeRequests` gives the texts of each request; they are asked one after another. */
export function embedTrial(
  name: string,
  compared: readonly ComparedEmbedder[],
  makeRequests: () => readonly (readonly string[])[],
): Trial {
  return {
    measures: [{ name, unit: 'texts/s', better: 'higher' }],
    entries: compared.map(({ label, role, server, model }) => ({
      label,
      role,
      prepare: async (signal) => void (await embedTexts(server, shortTexts(1), signal, model)), // loads the model
      async run(signal) {
        const requests = makeRequests();
        const startedMs = performance.now();
        for (const texts of requests) await embedTexts(server, texts, signal, model);
        return [requests.flat().length / ((performance.now() - startedMs) / 1000)];
      },
    })),
  };
}
