/** What a model's header and templates tell about it: how its prompts are made and what it can do. */
import { toCorralError, type CorralError } from '../core/corral-error.ts';
import { countOf } from '../formats/gguf/gguf-values.ts';
import { modelFacts, type ModelFacts } from '../formats/gguf/model-facts.ts';
import { displayName, fullName } from '../formats/model-name.ts';
import { choosePromptFormat } from '../prompt/choose-prompt-format.ts';
import type { Capability, PromptFormat } from '../prompt/prompt-format.ts';
import { resolveRenderer } from '../prompt/families/resolve-renderer.ts';
import type { StoredModel } from '../store/stored-model.ts';
import type { UseCaseParts } from './use-case-parts.ts';

export interface ModelDescription {
  readonly facts: ModelFacts;
  readonly bosTokenId: number | undefined;
  /** A CorralError where the model's template is broken: then it can do everything but chat. */
  readonly format: PromptFormat | CorralError;
  readonly capabilities: readonly Capability[];
}

// Parsed templates take some 100 KB; more models than this are hardly used in turn.
const maxDescriptions = 32;

const descriptions = new WeakMap<UseCaseParts['store'], Map<string, ModelDescription>>();

/** From memory where the same manifest was described before under the same name, which may decide the renderer. Throws `bad_gguf` or `store_read`. */
export async function describeModel(
  { store, settings }: Pick<UseCaseParts, 'store' | 'settings'>,
  model: StoredModel,
): Promise<ModelDescription> {
  const known = descriptions.get(store) ?? new Map<string, ModelDescription>();
  descriptions.set(store, known);
  const key = `${model.manifestDigest} ${model.modelPath} ${fullName(model.name)}`;
  const gguf = await store.header(model);
  let description = known.get(key);
  if (description === undefined) {
    const facts = await factsWithTokens(store, model, modelFacts(gguf));
    const format = formatOrError(model, facts, settings.goTemplate);
    const bosTokenId = countOf(gguf, 'tokenizer.ggml.bos_token_id');
    description = { facts, bosTokenId, format, capabilities: capabilitiesOf(model, facts, format) };
  }
  known.delete(key);
  known.set(key, description);
  for (const oldest of known.keys()) {
    if (known.size <= maxDescriptions) break;
    known.delete(oldest);
  }
  return description;
}

/** The vocabulary is read only for templates that print one of its tokens: for a large one that takes a second. */
async function factsWithTokens(
  store: UseCaseParts['store'],
  model: StoredModel,
  facts: ModelFacts,
): Promise<ModelFacts> {
  const prints = facts.chatTemplate !== undefined && /\b[be]os_token\b/.test(facts.chatTemplate);
  const known = facts.bosToken !== '' || facts.eosToken !== '';
  return prints && !known ? modelFacts(await store.fullHeader(model)) : facts;
}

function formatOrError(
  model: StoredModel,
  facts: ModelFacts,
  preferGoTemplate: boolean | undefined,
): PromptFormat | CorralError {
  const { renderer, parser, modelType, modelFamily } = model.config;
  try {
    return choosePromptFormat({
      goTemplate: model.template,
      jinja: facts.chatTemplate,
      bosToken: facts.bosToken,
      eosToken: facts.eosToken,
      addsBos: facts.addsBos,
      preferGoTemplate,
      renderer:
        renderer && resolveRenderer(renderer, { names: [displayName(model.name), fullName(model.name)], modelType }),
      parser,
      family: modelFamily,
    });
  } catch (thrown) {
    return toCorralError(thrown);
  }
}

/** In the order in which Ollama lists them. */
const capabilityOrder: readonly Capability[] = [
  'completion',
  'embedding',
  'vision',
  'audio',
  'tools',
  'insert',
  'thinking',
];

function capabilitiesOf(model: StoredModel, facts: ModelFacts, format: PromptFormat | CorralError): Capability[] {
  const found = new Set<string>([
    facts.isEmbedding ? 'embedding' : 'completion',
    ...('capabilities' in format && !facts.isEmbedding ? format.capabilities : []),
    ...(model.config.capabilities ?? []),
  ]);
  if (facts.hasVision || model.projectorPaths.length > 0) found.add('vision');
  if (facts.hasAudio) found.add('audio');
  if (/^gpt-?oss$/.test(model.config.modelFamily)) found.add('thinking');
  return capabilityOrder.filter((capability) => found.has(capability));
}
