/** A model made from a GGUF file by each program's own command: hashed, sent to the server, checked and stored. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BenchServer } from '../contestants/bench-server.ts';
import { freshWeights } from '../contestants/fresh-weights.ts';
import { environmentOf, startOllamaLike, type OllamaLikeProgram } from '../contestants/ollama-like-program.ts';
import { deleteModel } from '../measuring/delete-model.ts';
import { megabytesPerSecond } from '../measuring/megabytes-per-second.ts';
import { runProgram } from '../processes/run-program.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import type { Scenario } from '../scenario.ts';

const model = 'bench-created';
const timeoutMs = 120_000;

export const create: Scenario = {
  name: 'create',
  summary: 'a model made from a GGUF file',
  async open({ contestants: { corral, ollama }, scope, signal }) {
    const next = await freshWeights();
    const folder = await temporaryFolder(scope, 'create');
    const modelfile = path.join(folder, 'Modelfile');
    const weightsFile = path.join(folder, 'weights.gguf');
    await writeFile(modelfile, `FROM ${weightsFile}\n`);
    const contestants: { readonly program: OllamaLikeProgram; readonly server: BenchServer }[] = [];
    for (const program of [corral, ollama]) {
      if (program !== undefined) contestants.push({ program, server: await startOllamaLike(program, scope, signal) });
    }
    return {
      trials: [
        {
          measures: [{ name: 'create from a GGUF of 98 MB', unit: 'MB/s', better: 'higher' }],
          entries: contestants.map(({ program, server }) => ({
            label: server.name,
            role: server.role,
            async run(signal) {
              const { bytes } = next();
              await writeFile(weightsFile, bytes);
              const environment = environmentOf(program, { home: program.home, port: server.port });
              const startedMs = performance.now();
              await runProgram([...program.command, 'create', model, '-f', modelfile], {
                environment,
                timeoutMs,
                signal,
              });
              const rate = megabytesPerSecond(bytes.length, startedMs);
              await deleteModel(server.url, model, signal);
              return [rate];
            },
          })),
        },
      ],
      notes: [
        'the command of each program against its own server, from its start to its end; the file is new to the store each time',
      ],
    };
  },
};
