/**
 * Two files of the same model side by side: the first continues every prompt greedily, and at each token the distributions of both are
 * compared, so what is compared are texts that the model really writes. Prints a `WeightsComparison` as JSON.
 */
import { availableParallelism } from 'node:os';
import koffi from 'koffi';
import type { LoadRequest } from '../../src/engine/runner-protocol.ts';
import { loadBindings } from '../../src/llama/bindings.ts';
import { findLibraries } from '../../src/llama/find-libraries.ts';
import { Model } from '../../src/llama/model.ts';
import { TokenBatch } from '../../src/llama/token-batch.ts';
import { percentile } from '../report/percentile.ts';
import type { WeightsComparison } from './compare-weights.ts';
import { divergence, type Divergence } from './divergence.ts';
import { promptsOfTwoLanguages } from './prompts-of-two-languages.ts';

const continuedTokens = 48;
const contextTokens = 512;

const [basePath = '', otherPath = '', offsetsPath] = process.argv.slice(2);
const bindings = loadBindings(findLibraries(undefined));
const log = koffi.register(
  () => {},
  koffi.pointer(koffi.proto('void corral_no_log(int level, const char *text, void *data)')),
);
bindings.setLog(log, null);
bindings.loadBackends(bindings.files.directory);
bindings.backendInit();
const [base, other] = [load(basePath), load(otherPath, offsetsPath)];
const batch = new TokenBatch(contextTokens, 1);

const found = promptsOfTwoLanguages.flatMap(compareOn);
const nats = found.map((one) => one.nats);
const comparison: WeightsComparison = {
  meanNats: nats.reduce((sum, one) => sum + one, 0) / nats.length,
  p99Nats: percentile(nats, 99) ?? 0,
  agreement: found.filter(({ agrees }) => agrees).length / found.length,
  positions: found.length,
};
console.log(JSON.stringify(comparison));
// Both models end with the process: see src/llama/model.ts.
process.exit(0);

function load(modelPath: string, offsets?: string): Model {
  const request: LoadRequest = {
    type: 'load',
    modelPath,
    mode: 'completion',
    contextTokens,
    kvCells: contextTokens,
    sequences: 1,
    outputs: 1,
    batchTokens: contextTokens,
    threads: availableParallelism(),
    gpuLayers: 0,
    mainGpu: 0,
    useMmap: true,
    flashAttention: 'auto',
    kvCacheType: 'f16',
  };
  return Model.load(bindings, { ...request, ...(offsets !== undefined && { offsetsPath: offsets }) }, () => true);
}

function compareOn(prompt: string): Divergence[] {
  base.clearMemory();
  other.clearMemory();
  let tokens: readonly number[] = [...base.vocabulary.tokenize(prompt, true)];
  let position = 0;
  const results: Divergence[] = [];
  while (results.length < continuedTokens) {
    const [left, right] = [compute(base, tokens, position), compute(other, tokens, position)];
    const result = divergence(left, right);
    results.push(result);
    position += tokens.length;
    if (base.vocabulary.isEndOfGeneration(result.top)) break;
    tokens = [result.top];
  }
  return results;
}

/** Logits behind the last of `tokens`, which begin at `position`. */
function compute(model: Model, tokens: readonly number[], position: number): Float32Array {
  batch.clear();
  for (const [index, token] of tokens.entries()) batch.add(token, position + index, 0, index === tokens.length - 1);
  if (model.decode(batch) !== 'done') throw new Error('the engine failed to compute a prompt');
  return model.logits(tokens.length - 1);
}
