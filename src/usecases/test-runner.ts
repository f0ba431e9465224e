/**
 * For tests: a runner whose answers are written down beforehand, and a pool that grants it. Tokens are characters. It stands in at the
 * boundary to the child process; everything on this side of it is real.
 */
import { CorralError } from '../core/corral-error.ts';
import type { GenerationEvent, Runner } from '../engine/runner.ts';
import type { GenerationDone, LoadedFacts } from '../engine/runner-protocol.ts';
import type { AcquireRequest, ModelPool, ResidentModel } from '../scheduler/model-pool.ts';

type Generate = Runner['generate'];
export type GenerationRequest = Parameters<Generate>[0];

/** What a generation does: pieces of text, a function for anything else. */
export type Script = (request: GenerationRequest, signal: AbortSignal) => AsyncIterable<GenerationEvent>;

export interface ScriptedRunner extends Runner {
  readonly requests: GenerationRequest[];
}

const facts: LoadedFacts = {
  contextTokens: 100,
  sequences: 4,
  kvCells: 400,
  embeddingLength: 4,
  sizeBytes: 1000,
  vramBytes: 0,
  engine: 'scripted',
  splitWeights: false,
};

export function scriptedRunner(script: Script): ScriptedRunner {
  const requests: GenerationRequest[] = [];
  return {
    facts,
    requests,
    async *generate(request, signal) {
      requests.push(request);
      const limit = facts.contextTokens - 1;
      if (request.prompt.length > limit && request.overflow === 'reject') {
        const cause = { tokens: request.prompt.length, limit };
        throw new CorralError('prompt_too_long', 'the prompt is longer than the context', { cause });
      }
      if (request.tellsBegin) yield { type: 'begun', id: 1, promptTokens: request.prompt.length, cachedTokens: 0 };
      yield* script(request, signal);
    },
    embed: ({ inputs, truncate }) => {
      const tooLong = !truncate && inputs.some((input) => input.length > facts.contextTokens);
      if (tooLong) return Promise.reject(new CorralError('prompt_too_long', 'the input is too long'));
      // A text's vector is its length and its first characters, so that order and cutting show.
      const vectors = inputs.map((input) =>
        Float32Array.of(input.length, ...[0, 1, 2].map((at) => input.charCodeAt(at) || 0)),
      );
      return Promise.resolve({ vectors, promptTokens: inputs.join('').length });
    },
    // A document is as relevant as it is long.
    rerank: ({ documents }) => {
      const scores = documents.map((document) => document.length / facts.contextTokens);
      return Promise.resolve({ scores, promptTokens: documents.join('').length });
    },
    tokenize: ({ texts }) => Promise.resolve({ tokens: [], counts: texts.map((text) => text.length) }),
    detokenize: (tokens) => Promise.resolve(String.fromCharCode(...tokens)),
    close: () => Promise.resolve(),
    ended: new Promise(() => {}),
  };
}

/** A script that says these texts, one an event, and ends. */
export function says(texts: readonly string[], done: Partial<GenerationDone> = {}): Script {
  return async function* ({ prompt, returnTokens }) {
    for (const text of texts) yield { type: 'text', text };
    yield doneEvent({
      promptTokens: prompt.length,
      generatedTokens: texts.length,
      tokens: returnTokens ? Array.from(prompt + texts.join(''), (character) => character.charCodeAt(0)) : [],
      ...done,
    });
  };
}

export function doneEvent(fields: Partial<GenerationDone> = {}): GenerationDone {
  return {
    type: 'done',
    id: 1,
    reason: 'stop',
    promptTokens: 1,
    cachedTokens: 0,
    promptNs: 10,
    generatedTokens: 1,
    generationNs: 20,
    tokens: [],
    ...fields,
  };
}

export interface ScriptedPool extends ModelPool {
  readonly acquired: AcquireRequest[];
  readonly unloaded: string[];
  /** Leases that were not given back. */
  openLeases(): number;
}

export function scriptedPool(runner: Runner, resident: readonly ResidentModel[] = []): ScriptedPool {
  const acquired: AcquireRequest[] = [];
  const unloaded: string[] = [];
  let open = 0;
  return {
    acquired,
    unloaded,
    openLeases: () => open,
    acquire(request) {
      acquired.push(request);
      open++;
      return Promise.resolve({ runner, release: () => void open-- });
    },
    unload: (model) => void unloaded.push(model.name.model),
    resident: () => resident,
    close: () => Promise.resolve(),
    onEmpty: () => {},
  };
}
