/** Loads a model: with its weights split where this processor computes them faster so, as it is everywhere else. */
import { toCorralError } from '../core/corral-error.ts';
import type { LoadRequest } from '../engine/runner-protocol.ts';
import type { Bindings } from '../llama/bindings.ts';
import { Model } from '../llama/model.ts';
import { processorFeatures } from '../llama/processor-features.ts';
import { findSplitWeights, removeSplitWeights } from './split-weights.ts';

export interface LoadedModel {
  readonly model: Model;
  /** Whether its weights are split (formats/split-weights). */
  readonly isSplit: boolean;
}

export interface LoadReports {
  /** For each part of the load: gets 0..1 and ends it by returning false. */
  readonly progress: () => (fraction: number) => boolean;
  /** Gets a line for the log. */
  readonly tell: (text: string) => void;
  /** What the engine has said until now is of no account: the model is loaded again, as it is. */
  readonly onSecondTry: () => void;
}

/** After the backends are loaded. Throws `load_failed`; never for the sake of split weights. */
export async function loadModel(bindings: Bindings, request: LoadRequest, reports: LoadReports): Promise<LoadedModel> {
  const { progress, tell, onSecondTry } = reports;
  const files = paysToSplit(bindings, request)
    ? await findSplitWeights(request, { onProgress: progress(), tell })
    : undefined;
  if (files === undefined) return { model: Model.load(bindings, request, progress()), isSplit: false };
  try {
    return { model: Model.load(bindings, { ...request, ...files }, progress()), isSplit: true };
  } catch (thrown) {
    onSecondTry();
    const model = Model.load(bindings, request, progress());
    // Now it is certain that they were to blame, and not the model or the memory.
    tell(`the split weights are no good and will be made anew: ${toCorralError(thrown).message}`);
    await removeSplitWeights(files);
    return { model, isSplit: false };
  }
}

/** Engines for x64 have much faster kernels for Q4_0 than for Q4_1 from AVX2 on; with AMX they have some for both. A GPU needs none of this. */
function paysToSplit(bindings: Bindings, { gpuLayers }: LoadRequest): boolean {
  if (gpuLayers !== 0 && bindings.canOffload()) return false;
  const features = processorFeatures(bindings);
  return features.has('AVX2') && features.has('REPACK') && !features.has('AMX_INT8');
}
