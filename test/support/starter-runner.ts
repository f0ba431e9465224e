/** A real runner child on a starter model, for tests that need generated text or vectors. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../../src/core/logger.ts';
import type { GenerateRequest, GenerationDone, LoadRequest, TokenItem } from '../../src/engine/runner-protocol.ts';
import { startRunner, type RunnerProcessOptions } from '../../src/engine/runner-process.ts';
import type { Runner } from '../../src/engine/runner.ts';
import { greedySampling } from './greedy-sampling.ts';

const blobs = new URL('../../starter/blobs/', import.meta.url);

function blob(digestStart: string): string {
  const name = readdirSync(blobs).find((file) => file.startsWith(`sha256-${digestStart}`));
  if (name === undefined) throw new Error(`the starter models lack the blob ${digestStart}`);
  return fileURLToPath(new URL(name, blobs));
}

export const chatModelPath = blob('b179c9523d0e');
export const embeddingModelPath = blob('abeb1316372b');

export const runnerOptions: RunnerProcessOptions = {
  logger: silentLogger,
  libraryDir: undefined,
  gpuEnvironment: {},
  program: fileURLToPath(new URL('../../dist/runner/runner-main.js', import.meta.url)),
};

export const chatLoad: LoadRequest = {
  type: 'load',
  modelPath: chatModelPath,
  mode: 'completion',
  contextTokens: 1024,
  sequences: 8,
  kvCells: 2048,
  batchTokens: 512,
  outputs: 32,
  threads: 2,
  gpuLayers: 0,
  mainGpu: 0,
  useMmap: true,
  flashAttention: 'auto',
  kvCacheType: 'f16',
};

export const never: AbortSignal = new AbortController().signal;

export function start(load: Partial<LoadRequest> = {}, signal: AbortSignal = never): Promise<Runner> {
  return startRunner({ ...chatLoad, ...load }, { signal, onProgress: () => {} }, runnerOptions);
}

type Request = Omit<GenerateRequest, 'type' | 'id'>;

/** A greedy request for an answer to `question` in the starter model's chat format. */
export function ask(question: string, changes: Partial<Request> = {}): Request {
  return {
    prompt: `<|im_start|>user\n${question}<|im_end|>\n<|im_start|>assistant\n`,
    adapters: [],
    contextTokens: [],
    sampling: greedySampling,
    stop: [],
    numPredict: 24,
    numKeep: 4,
    shift: true,
    overflow: 'reject',
    mostDrafted: 0,
    topLogprobs: -1,
    grammar: '',
    logitBias: [],
    remembers: true,
    returnTokens: false,
    visibleSpecialTokens: [],
    ...changes,
  };
}

export interface Answer {
  readonly text: string;
  readonly pieces: readonly string[];
  readonly logprobs: NonNullable<TokenItem['logprobs']>[number][];
  readonly done: GenerationDone;
}

export async function answer(runner: Runner, request: Request, signal: AbortSignal = never): Promise<Answer> {
  const pieces: string[] = [];
  const logprobs: Answer['logprobs'] = [];
  for await (const event of runner.generate(request, signal)) {
    if (event.type === 'done') return { text: pieces.join(''), pieces, logprobs, done: event };
    if (event.type !== 'text') continue;
    pieces.push(event.text);
    logprobs.push(...(event.logprobs ?? []));
  }
  throw new Error('the generation ended without its last event');
}
