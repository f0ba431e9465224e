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
  const { config } = entry;
  try {
    const { facts, capabilities } = await describeModel(parts, await parts.store.open(entry.name));
    const completes = capabilities.includes('completion');
    return {
      entry,
      capabilities,
      contextLength: config.contextLength ?? (completes ? facts.contextLength : undefined),
      embeddingLength: config.embeddingLength ?? (completes ? facts.embeddingLength : undefined),
    };
  } catch (thrown) {
    parts.logger.debug('a listed model can not be described', { reason: toCorralError(thrown).message });
    return { entry, capabilities: [], contextLength: config.contextLength, embeddingLength: config.embeddingLength };
  }
}
