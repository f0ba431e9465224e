/** The models that every contestant runs: the two starter models unless told otherwise, the same bytes for all. */
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { weightsFileInStore } from './weights-file-in-store.ts';
import { projectRoot } from './project-root.ts';

export interface BenchModel {
  readonly name: string;
  readonly file: string;
}

const starterFolder = path.join(projectRoot, 'starter');

export const starterChatModel: BenchModel = starterModel('smollm2:135m');
export const embeddingModel: BenchModel = starterModel('all-minilm');

/** A GGUF file, or the name of a model in Ollama's store of this machine. Throws if it is neither. */
export function readersModel(text: string, environment: NodeJS.ProcessEnv = process.env): BenchModel {
  if (existsSync(text)) {
    if (!text.endsWith('.gguf')) throw new Error(`"${text}" is there, but does not end in .gguf`);
    return { name: 'bench-model', file: path.resolve(text) };
  }
  const store = environment['OLLAMA_MODELS'] ?? path.join(os.homedir(), '.ollama/models');
  return { name: 'bench-model', file: weightsFileInStore(store, text) };
}

function starterModel(name: string): BenchModel {
  return { name, file: weightsFileInStore(starterFolder, name) };
}
