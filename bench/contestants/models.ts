/** The models that every contestant runs: the two starter models, the same bytes for all. */
import path from 'node:path';
import { projectRoot } from './project-root.ts';

export interface BenchModel {
  readonly name: string;
  readonly file: string;
}

const modelsFolder = path.resolve(projectRoot, '../shared/models');

export const chatModel: BenchModel = {
  name: 'smollm2:135m',
  file: path.join(modelsFolder, 'SmolLM2-135M-Instruct.Q4_1.gguf'),
};

export const embeddingModel: BenchModel = {
  name: 'all-minilm',
  file: path.join(modelsFolder, 'all-minilm-l6-v2-f16.gguf'),
};
