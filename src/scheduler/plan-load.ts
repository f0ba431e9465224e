/**
 * Decides the sizes of a load from the model's header, the request, the settings and the free memory. Pure.
 *
 * Sequences are cheap (they share one pool of KV cells), so there are many by default; the pool is twice one context, which
 * serves one long conversation beside many short ones. When memory is short the pool shrinks to one context before anything
 * is refused; what still does not fit is for the scheduler to make room for, or to refuse with the numbers. A draft model and split weights are
 * only there to save time, so they are left out before another model has to go.
 */
import type { Settings } from '../config/settings.ts';
import { draftLoad } from '../engine/draft-load.ts';
import { estimateMemory } from '../engine/memory-estimate.ts';
import type { LoadRequest } from '../engine/runner-protocol.ts';
import type { Gguf } from '../formats/gguf/gguf.ts';
import { modelFacts } from '../formats/gguf/model-facts.ts';
import { addedBytes, splitTensors, type SplitTensor } from '../formats/split-weights/split-tensors.ts';
import { splitWeightsFolder } from '../store/store-layout.ts';
import type { StoredModel } from '../store/stored-model.ts';
import type { LoadPlan } from './model-pool-parts.ts';
import type { LoadOptions } from './model-pool.ts';

/** Ollama's context on a machine without a GPU. */
const defaultContextTokens = 4096;
/** The least that holds a prompt and an answer at all; Ollama's minimum. */
const leastContextTokens = 4;
const defaultBatchTokens = 512;
/** More answers at once than this make each of them slow to read on the machines this runs on. */
const automaticSequences = 16;
/** Logits of a step in which drafts are checked, which has fewer than 64 tokens (batch-planner.ts); a row takes as many bytes as four times the vocabulary. */
const draftedOutputs = 63;
/** Inputs per step; short texts fill a batch in these numbers. */
const embeddingSequences = 64;
const mostEmbeddingBatchTokens = 2048;

type PlanSettings = Pick<
  Settings,
  | 'contextTokens'
  | 'numParallel'
  | 'kvCells'
  | 'flashAttention'
  | 'kvCacheType'
  | 'threads'
  | 'modelsDir'
  | 'splitWeights'
>;

export interface PlanInput {
  readonly model: Pick<StoredModel, 'modelPath' | 'draftPath'>;
  readonly header: Gguf;
  /** Of the draft model; undefined = the model is loaded without. */
  readonly draftHeader?: Gguf | undefined;
  readonly options: LoadOptions;
  readonly settings: PlanSettings;
  /** Threads where neither request nor settings name a number. */
  readonly machineThreads: number;
  readonly freeBytes: number;
  /** Kind of processor, as Node names it. */
  readonly processor?: string;
}

export function planLoad(input: PlanInput): LoadPlan {
  const split = splitsOf(input);
  const plan = planned(input, split);
  return split.length === 0 || plan.estimateBytes <= input.freeBytes ? plan : planned(input, []);
}

/** Only processors of one kind have kernels for which it pays; which of them, the runner sees. */
function splitsOf({ header, settings, processor = process.arch }: PlanInput): readonly SplitTensor[] {
  return settings.splitWeights && processor === 'x64' ? splitTensors(header) : [];
}

function planned(input: PlanInput, split: readonly SplitTensor[]): LoadPlan {
  const drafting = drafts(input);
  for (const contexts of drafting ? [2, 1] : []) {
    const plan = withDraft(input, sized(input, contexts, split));
    if (plan.estimateBytes <= input.freeBytes) return plan;
  }
  const roomy = sized(input, 2, split);
  const plan = roomy.estimateBytes <= input.freeBytes ? roomy : sized(input, 1, split);
  return drafting ? { ...plan, leavesOutDraft: true } : plan;
}

/** Nothing is drafted for a state that can't be taken back after a wrong guess, nor for embeddings. */
function drafts({ model, header, draftHeader }: PlanInput): boolean {
  const facts = modelFacts(header);
  return model.draftPath !== undefined && draftHeader !== undefined && !facts.isRecurrent && !facts.isEmbedding;
}

function withDraft({ model: { draftPath }, draftHeader }: PlanInput, { load, estimateBytes }: LoadPlan): LoadPlan {
  if (draftPath === undefined || draftHeader === undefined) return { load, estimateBytes };
  const draft = draftLoad(load, draftPath);
  const { totalBytes } = estimateMemory({
    ...load,
    ...draft,
    gguf: draftHeader,
    outputTokens: draft.outputs,
    resultTokens: draft.outputs,
  });
  return { load: { ...load, draft }, estimateBytes: estimateBytes + totalBytes };
}

/** `contexts`: how many whole contexts the shared pool holds, where nothing else was asked for. `split`: the weights that may be split. */
function sized(input: PlanInput, contexts: number, split: readonly SplitTensor[]): LoadPlan {
  const { model, header, options, settings, machineThreads } = input;
  const facts = modelFacts(header);
  const wanted = options.contextTokens ?? (settings.contextTokens || defaultContextTokens);
  const contextTokens = Math.max(leastContextTokens, Math.min(wanted, facts.contextLength ?? wanted));
  const mode = facts.isEmbedding ? 'embedding' : 'completion';
  const counts =
    mode === 'embedding'
      ? embeddingSizes(contextTokens, options)
      : completionSizes(contextTokens, options, settings, contexts);
  const load: LoadRequest = {
    type: 'load',
    modelPath: model.modelPath,
    mode,
    contextTokens,
    ...counts,
    threads: options.threads || settings.threads || machineThreads,
    gpuLayers: options.gpuLayers ?? -1,
    mainGpu: options.mainGpu ?? 0,
    useMmap: options.useMmap ?? true,
    ...(split.length > 0 && { splitFolder: splitWeightsFolder(settings.modelsDir) }),
    flashAttention: settings.flashAttention,
    kvCacheType: settings.kvCacheType,
  };
  return {
    load,
    estimateBytes:
      addedBytes(split) +
      estimateMemory({
        ...load,
        gguf: header,
        outputTokens: load.outputs,
        resultTokens: mode === 'completion' ? load.outputs : load.sequences,
      }).totalBytes,
  };
}

type Sizes = Pick<LoadRequest, 'sequences' | 'kvCells' | 'batchTokens' | 'outputs'>;

function completionSizes(contextTokens: number, options: LoadOptions, settings: PlanSettings, contexts: number): Sizes {
  const sequences = settings.numParallel || automaticSequences;
  const pool = settings.numParallel > 0 && contexts > 1 ? contextTokens * sequences : contextTokens * contexts;
  // A step must hold a token of every sequence, else the last ones would wait for ever.
  const batchTokens = Math.max(Math.min(options.batchTokens ?? defaultBatchTokens, contextTokens), sequences);
  return {
    sequences,
    kvCells: Math.max(settings.kvCells || pool, contextTokens),
    batchTokens,
    outputs: Math.min(batchTokens, Math.max(sequences, draftedOutputs)),
  };
}

/** Both directions of attention need an input in one batch, so the batch holds at least one whole input where it can. */
function embeddingSizes(contextTokens: number, options: LoadOptions): Sizes {
  const batchTokens = Math.max(1, options.batchTokens ?? Math.min(contextTokens, mostEmbeddingBatchTokens));
  return {
    sequences: embeddingSequences,
    kvCells: Math.max(contextTokens, batchTokens),
    batchTokens,
    outputs: batchTokens,
  };
}
