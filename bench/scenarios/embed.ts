/** Many short texts in one request: what an indexer sends all day. */
import type { BenchServer } from '../contestants/bench-server.ts';
import { embeddingModel } from '../contestants/models.ts';
import { startOllamaLike } from '../contestants/ollama-like-program.ts';
import { embedTexts } from '../measuring/embed-texts.ts';
import { shortTexts } from '../measuring/prompt-text.ts';
import type { Scenario } from '../scenario.ts';

const textCount = 64;

export const embed: Scenario = {
  name: 'embed',
  summary: `${textCount} short texts embedded in one request`,
  async open({ contestants: { corral, ollama }, scope, signal }) {
    const servers: BenchServer[] = [];
    for (const program of [corral, ollama])
      if (program !== undefined) servers.push(await startOllamaLike(program, scope, signal));
    return {
      trials: [
        {
          measures: [{ name: `${textCount} texts of about 10 words`, unit: 'ms', better: 'lower' }],
          entries: servers.map((server) => ({
            label: server.name,
            role: server.role,
            prepare: (signal) => embedTexts(server, shortTexts(1), signal), // loads the model
            async run(signal) {
              const texts = shortTexts(textCount);
              const startedMs = performance.now();
              await embedTexts(server, texts, signal);
              return [performance.now() - startedMs];
            },
          })),
        },
      ],
      notes: [`${embeddingModel.name}, model loaded, one /api/embed request with all texts`],
    };
  },
};
