/** From a request to a sequence that can run: tokens, the cut of a prompt that is too long, sampler and text stream. */
import { CorralError } from '../core/corral-error.ts';
import type { GenerateRequest } from '../engine/runner-protocol.ts';
import { adapterKey } from '../llama/adapter-key.ts';
import type { Bindings } from '../llama/bindings.ts';
import type { Model } from '../llama/model.ts';
import { Sampler } from '../llama/sampler.ts';
import { promptCut } from './context-window.ts';
import { DraftTrust } from './draft-trust.ts';
import type { PromptTokens } from './prompt-tokens.ts';
import type { Sequence } from './sequence.ts';
import { TextStream } from './text-stream.ts';

/** Ollama's bound for a request without one: a model that never stops ends at ten contexts. */
const contextsGenerated = 10;

/**
 * Throws `prompt_too_long` (with {tokens, limit} as cause), `bad_request` for token ids that don't exist and for an empty
 * prompt, `invalid_format` for a grammar that the engine refuses.
 */
export function startSequence(
  bindings: Bindings,
  model: Model,
  prompts: PromptTokens,
  contextTokens: number,
  request: GenerateRequest,
): Sequence {
  const { vocabulary } = model;
  model.loadAdapters(request.adapters);
  if (!request.contextTokens.every((token) => vocabulary.has(token))) {
    throw new CorralError('bad_request', 'the context holds tokens that this model does not have');
  }
  if (!request.logitBias.every(([token]) => vocabulary.has(token))) {
    const reason = `logit_bias names a token that this model does not have: its tokens are 0 to ${vocabulary.size - 1}`;
    throw new CorralError('bad_request', reason, { param: 'logit_bias' });
  }
  const startsFresh = request.contextTokens.length === 0;
  const tokens = [...request.contextTokens, ...prompts.tokenize(request.prompt, startsFresh, request.remembers)];
  if (tokens.length === 0) throw new CorralError('bad_request', 'the prompt is empty');
  const keepTokens = request.numKeep < 0 ? tokens.length : request.numKeep + (vocabulary.addsBos ? 1 : 0);
  const limit = contextTokens - 1; // one place is for the answer's first token
  if (tokens.length > limit) {
    if (request.overflow === 'reject') {
      throw new CorralError('prompt_too_long', 'the prompt is longer than the context', {
        cause: { tokens: tokens.length, limit },
      });
    }
    const cut = promptCut(tokens.length, contextTokens, keepTokens);
    tokens.splice(cut.from, cut.to - cut.from);
  }
  const most = contextsGenerated * contextTokens;
  const visible = visibleTokens(model, request.visibleSpecialTokens);
  return {
    request,
    adapters: adapterKey(request.adapters),
    tokens,
    promptTokens: tokens.length,
    cachedTokens: 0,
    keepTokens: Math.min(keepTokens, tokens.length),
    mostGenerated: request.numPredict < 0 ? most : Math.min(request.numPredict, most),
    generated: 0,
    shifted: false,
    saved: undefined,
    slot: undefined,
    follows: undefined,
    stops: [],
    sampler: new Sampler(bindings, model, request, tokens, contextTokens, visible),
    text: new TextStream(request.stop),
    draft: [],
    draftSource: 'text',
    trust: { text: new DraftTrust(), model: new DraftTrust() },
    drafted: { text: { checked: 0, accepted: 0 }, model: { checked: 0, accepted: 0 } },
    stopSequence: undefined,
    hasBegun: false,
    hasSent: false,
    unsentText: '',
    unsentTokens: 0,
    visible,
    logprobs: [],
    startedAtMs: 0,
    promptDoneAtMs: 0,
  };
}

function visibleTokens(model: Model, texts: readonly string[]): ReadonlySet<number> {
  const visible = new Set<number>();
  for (const text of texts) {
    const tokens = model.vocabulary.tokenize(text, false);
    const [only] = tokens;
    if (tokens.length === 1 && only !== undefined) visible.add(only);
  }
  return visible;
}
