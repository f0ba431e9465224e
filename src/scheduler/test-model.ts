/** Models, loads and facts for the tests of this folder: made of numbers, because the scheduler never opens a file. */
import type { LoadedFacts, LoadRequest } from '../engine/runner-protocol.ts';
import type { StoredModel } from '../store/stored-model.ts';
import type { LoadOptions } from './model-pool.ts';

export const noOptions: LoadOptions = {
  contextTokens: undefined,
  batchTokens: undefined,
  gpuLayers: undefined,
  mainGpu: undefined,
  useMmap: undefined,
  threads: undefined,
};

export function testModel(name: string, adapterPaths: readonly string[] = []): StoredModel {
  return {
    name: { scheme: 'https', host: 'registry.ollama.ai', namespace: 'library', model: name, tag: 'latest' },
    manifestDigest: '0'.repeat(64),
    sizeBytes: 1,
    modifiedAt: new Date(0),
    config: { modelFormat: 'gguf', modelFamily: 'llama', modelFamilies: ['llama'], modelType: '1M', fileType: 'F16' },
    modelPath: `/models/${name}.gguf`,
    projectorPaths: [],
    adapterPaths,
    template: undefined,
    system: undefined,
    licenses: [],
    params: {},
    messages: [],
  };
}

const trainedContextTokens = 4096;

/** What a planner would make of the options: automatic values filled in, num_ctx cut to what the model was trained for. */
export function testLoad(model: StoredModel, options: LoadOptions = noOptions): LoadRequest {
  const contextTokens = Math.min(options.contextTokens ?? 2048, trainedContextTokens);
  return {
    type: 'load',
    modelPath: model.modelPath,
    mode: 'completion',
    contextTokens,
    sequences: 2,
    kvCells: contextTokens * 2,
    batchTokens: options.batchTokens ?? 512,
    outputs: 32,
    threads: options.threads ?? 0,
    gpuLayers: 0,
    mainGpu: 0,
    useMmap: options.useMmap ?? false,
    flashAttention: 'auto',
    kvCacheType: 'f16',
  };
}

export function testFacts(load: LoadRequest, sizeBytes: number): LoadedFacts {
  const { contextTokens, sequences, kvCells } = load;
  return {
    contextTokens,
    sequences,
    kvCells,
    embeddingLength: 64,
    sizeBytes,
    vramBytes: 0,
    engine: 'test',
    splitWeights: false,
  };
}
