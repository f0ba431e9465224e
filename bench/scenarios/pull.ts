/** A model pulled over loopback into a store that has nothing of it. */
import type { BenchServer } from '../contestants/bench-server.ts';
import { freshWeights } from '../contestants/fresh-weights.ts';
import { startOllamaLike } from '../contestants/ollama-like-program.ts';
import { startWeightsRegistry } from '../contestants/weights-registry.ts';
import { deleteModel } from '../measuring/delete-model.ts';
import { megabytesPerSecond } from '../measuring/megabytes-per-second.ts';
import { postJson } from '../measuring/post-json.ts';
import type { Scenario } from '../scenario.ts';

export const pull: Scenario = {
  name: 'pull',
  summary: 'a model pulled over loopback',
  async open({ contestants: { corral, ollama }, scope, signal }) {
    const next = await freshWeights();
    const registry = await startWeightsRegistry(scope);
    const servers: BenchServer[] = [];
    for (const program of [corral, ollama])
      if (program !== undefined) servers.push(await startOllamaLike(program, scope, signal));
    return {
      trials: [
        {
          measures: [{ name: 'pull of 98 MB', unit: 'MB/s', better: 'higher' }],
          entries: servers.map((server) => {
            const once = async (signal: AbortSignal) => {
              const weights = next();
              registry.serve(weights);
              const startedMs = performance.now();
              const order = { model: registry.modelName, insecure: true, stream: false };
              const reply = await (await postJson(`${server.url}/api/pull`, order, signal)).text();
              if (!reply.includes('success')) throw new Error(reply.slice(0, 200));
              const rate = megabytesPerSecond(weights.bytes.length, startedMs);
              await deleteModel(server.url, registry.modelName, signal);
              return [rate];
            };
            return {
              label: server.name,
              role: server.role,
              // The first pull loads what the others find loaded.
              prepare: async (signal) => void (await once(signal)),
              run: once,
            };
          }),
        },
      ],
      notes: ['POST /api/pull from a registry in memory on loopback; the weights are new to the store each time'],
    };
  },
};
