import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runProgram } from '../processes/run-program.ts';
import type { Scope } from '../processes/scope.ts';
import { temporaryFolder } from '../processes/temporary-folder.ts';
import { cleanEnvironment } from './clean-environment.ts';
import type { BenchSetup } from './bench-setup.ts';
import { createModels } from './create-models.ts';
import { starterChatModel } from './models.ts';
import type { OllamaLikeProgram } from './ollama-like-program.ts';
import { projectRoot } from './project-root.ts';

/** Corral of this checkout, with its starter models in a store of its own. Throws if its command or its server does not answer. */
export async function findCorral(setup: BenchSetup, scope: Scope, signal: AbortSignal): Promise<OllamaLikeProgram> {
  const home = await temporaryFolder(scope, 'corral');
  const command = [process.execPath, path.join(projectRoot, 'bin/corral.js')];
  // Port 9 (discard): asking for the version must not find a server that happens to run.
  const environment = cleanEnvironment({ HOME: home, OLLAMA_HOST: '127.0.0.1:9' });
  await runProgram([...command, '--version'], { environment, timeoutMs: 30_000, signal });
  const corral: OllamaLikeProgram = {
    name: 'corral',
    role: 'corral',
    version: packageVersion(),
    command,
    home,
    extraEnvironment: {},
    setup,
  };
  // Its first start installs the starter models.
  const { chatModel } = setup;
  await createModels(corral, chatModel.name === starterChatModel.name ? [] : [chatModel], signal);
  return corral;
}

function packageVersion(): string {
  const description = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  return description.version;
}
