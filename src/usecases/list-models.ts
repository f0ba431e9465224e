/** Every model of the store, newest first, with what it can do. */
import { toCorralError } from '../core/corral-error.ts';
import type { Capability } from '../prompt/prompt-format.ts';
import type { StoredModelEntry } from '../store/stored-model.ts';
import { describeModel } from './describe-model.ts';
import type { UseCaseParts } from './use-case-parts.ts';

export interface ListedModel {
  readonly entry: StoredModelEntry;
  /** Empty when the model's weights can't be read; using it tells why. */
  readonly capabilities: readonly Capability[];
  /** Tokens; undefined where unknown, or where the model makes embeddings. */
  readonly contextLength: number | undefined;
  readonly embeddingLength: number | undefined;
}

type Traits = Omit<ListedModel, 'entry'>;

// A manifest names its blobs by their contents, so what it says of a model never changes. An entry is a few words.
const knownTraits = new WeakMap<UseCaseParts['store'], Map<string, Traits>>();
const maxKnownTraits = 10_000;

/** A header is read once, but the first listing reads them all: as many at once as a disk likes. */
const headersAtOnce = 8;

export async function listModels(parts: UseCaseParts): Promise<readonly ListedModel[]> {
  const entries = await parts.store.list();
  const listed: ListedModel[] = [];
  for (let start = 0; start < entries.length; start += headersAtOnce) {
    const next = entries.slice(start, start + headersAtOnce);
    listed.push(...(await Promise.all(next.map((entry) => listModel(parts, entry)))));
  }
  return listed;
}

async function listModel(parts: UseCaseParts, entry: StoredModelEntry): Promise<ListedModel> {
  const known = knownTraits.get(parts.store) ?? new Map<string, Traits>();
  knownTraits.set(parts.store, known);
  const { manifestDigest, config } = entry;
  try {
    const traits = known.get(manifestDigest) ?? (await readTraits(parts, entry));
    if (known.size < maxKnownTraits) known.set(manifestDigest, traits);
    return { entry, ...traits };
  } catch (thrown) {
    parts.logger.debug('a listed model can not be described', { reason: toCorralError(thrown).message });
    return { entry, capabilities: [], contextLength: config.contextLength, embeddingLength: config.embeddingLength };
  }
}

async function readTraits(parts: UseCaseParts, { name, config }: StoredModelEntry): Promise<Traits> {
  const { facts, capabilities } = await describeModel(parts, await parts.store.open(name));
  const completes = capabilities.includes('completion');
  return {
    capabilities,
    contextLength: config.contextLength ?? (completes ? facts.contextLength : undefined),
    embeddingLength: config.embeddingLength ?? (completes ? facts.embeddingLength : undefined),
  };
}
