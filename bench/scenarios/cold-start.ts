/**
 * The first words on a machine that was not asked anything yet. Corral has to start its server and load the model; Ollama's server
 * is already up, as its installer arranges it, and loads the model. Ollama with the model loaded too is shown beside it.
 */
import {
  environmentOf,
  startOllamaLike,
  type OllamaLikeProgram,
  type Residence,
} from '../contestants/ollama-like-program.ts';
import { endBackgroundServer } from '../measuring/background-server.ts';
import { timeToFirstText } from '../measuring/first-text.ts';
import { loadModel, unloadModel } from '../measuring/load-model.ts';
import { freePort } from '../processes/free-port.ts';
import type { Scope } from '../processes/scope.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import type { Entry, EntryRole, Measure, Scenario, ScenarioContext } from '../scenario.ts';

const question = 'Why is the sky blue?';

const measure: Measure = { name: 'first visible text of `run`', unit: 'ms', better: 'lower' };

export const coldStart: Scenario = {
  name: 'cold-start',
  summary: 'first text of `corral run` with nothing running, against `ollama run` with its server up',
  async open({ contestants: { corral, ollama, setup }, scope, signal }) {
    const entries: Entry[] = [];
    if (corral !== undefined) entries.push(await coldEntry(corral, scope));
    if (ollama !== undefined) entries.push(...(await entriesWithServer(ollama, { scope, signal })));
    if (corral !== undefined) entries.push(...(await entriesWithServer(corral, { scope, signal })));
    return {
      trials: [{ measures: [measure], entries }],
      notes: [
        `\`run ${setup.chatModel.name} "${question}"\` with its output in a pipe; the command is ended after its first visible text`,
        'corral: no process of it runs; its store is installed and the files are in the page cache from a run before',
        'ollama: its server is up, the model is not loaded',
        '"loaded": server up, model loaded, the same question asked before; not like for like with a cold start',
      ],
    };
  },
};

/** Nothing runs before, nothing after. A home of its own, so that its processes can be told from all others. */
async function coldEntry(program: OllamaLikeProgram, scope: Scope): Promise<Entry> {
  const residence: Residence = { home: await temporaryFolder(scope, 'cold'), port: await freePort() };
  const environment = {
    ...environmentOf(program, residence),
    // Where a background server cannot be found and ended, it ends itself soon after its last answer.
    OLLAMA_KEEP_ALIVE: '2s',
  };
  scope.defer(() => endBackgroundServer(residence));
  const run = async (signal: AbortSignal): Promise<readonly number[]> => {
    await endBackgroundServer(residence);
    try {
      return [await timeToFirstText(runCommand(program), environment, signal)];
    } finally {
      await endBackgroundServer(residence);
    }
  };
  // The first run installs the starter models.
  return { label: program.name, role: program.role, run, prepare: async (signal) => void (await run(signal)) };
}

async function entriesWithServer(
  program: OllamaLikeProgram,
  { scope, signal }: Pick<ScenarioContext, 'scope' | 'signal'>,
): Promise<readonly Entry[]> {
  const server = await startOllamaLike(program, scope, signal);
  const environment = environmentOf(program, { home: program.home, port: server.port });
  const entry = (label: string, role: EntryRole, setModel: typeof loadModel): Entry => {
    const run = async (signal: AbortSignal): Promise<readonly number[]> => {
      await setModel(server, server.modelName, signal);
      return [await timeToFirstText(runCommand(program), environment, signal)];
    };
    // Asking once before brings the files into the page cache.
    return { label, role, run, prepare: async (signal) => void (await run(signal)) };
  };
  const loaded = entry(`${program.name}, loaded`, 'reference', loadModel);
  return program.role === 'peer' ? [entry(program.name, 'peer', unloadModel), loaded] : [loaded];
}

function runCommand(program: OllamaLikeProgram): readonly string[] {
  return [...program.command, 'run', program.setup.chatModel.name, question];
}
