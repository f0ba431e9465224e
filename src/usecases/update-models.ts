/** Which installed models have another manifest at their registry now, and, unless that is all that was asked, taking it. */
import { createHash } from 'node:crypto';
import { CorralError } from '../core/corral-error.ts';
import { displayName, type ModelName } from '../formats/model-name.ts';
import { RegistryError } from '../registry/registry-error.ts';
import { findManifest, takeModel, type PullParts } from './pull-model.ts';
import type { ProgressEvent } from './progress-event.ts';
import { registryName } from './registry-name.ts';
import type { UseCaseParts } from './use-case-parts.ts';

export interface UpdateRequest {
  /** As sent; none = all that are installed. */
  readonly models: readonly string[];
  /** Only tell what there is. */
  readonly check: boolean;
  /** Permits plain HTTP, and speaks it. */
  readonly insecure: boolean;
}

export interface ModelUpdate {
  readonly model: string;
  /** Bare hex: the SHA-256 of the manifest that is installed. */
  readonly current: string;
  /** The one at the registry; undefined when it has no such model, or was not reached. */
  readonly available: string | undefined;
  /** Whether it was taken. */
  readonly updated: boolean;
  /** Why the registry could not say. */
  readonly error?: string;
}

/** The last event has them all. */
export interface UpdateEvent extends ProgressEvent {
  readonly updates?: readonly ModelUpdate[];
}

export type UpdateParts = PullParts & Pick<UseCaseParts, 'store'>;

/**
 * A registry that has no such model or can't be reached is told in the model's entry and stops nothing. Throws `model_not_found` for a model that is
 * not installed, `store_write`, `digest_mismatch`, `canceled`, and RegistryError from a transfer that broke.
 */
export async function* updateModels(
  { models, check, insecure }: UpdateRequest,
  parts: UpdateParts,
  signal: AbortSignal,
): AsyncGenerator<UpdateEvent, void, undefined> {
  const updates: ModelUpdate[] = [];
  for (const { name, current } of await installed(models, parts)) {
    const model = displayName(name);
    yield { status: `checking ${model}` };
    try {
      const found = await findManifest(parts.registry.sessionsToPull(name, insecure), signal);
      const available = createHash('sha256').update(found.bytes).digest('hex');
      const updated = available !== current && !check;
      if (updated) yield* takeModel({ name, ...found }, parts, signal);
      updates.push({ model, current, available, updated });
    } catch (thrown) {
      updates.push({ model, current, available: undefined, updated: false, ...lookUpFault(thrown) });
    }
  }
  yield { status: 'success', updates };
}

/** What is no fault of a registry is thrown on. */
function lookUpFault(thrown: unknown): { readonly error?: string } {
  if (!(thrown instanceof RegistryError)) throw thrown;
  // Made here, most likely.
  return thrown.code === 'registry_not_found' ? {} : { error: thrown.message };
}

interface Installed {
  readonly name: ModelName;
  readonly current: string;
}

async function installed(models: readonly string[], { store, manifests }: UpdateParts): Promise<readonly Installed[]> {
  if (models.length === 0) {
    const entries = await store.list();
    return entries.map(({ name, manifestDigest }) => ({ name, current: manifestDigest }));
  }
  const found: Installed[] = [];
  for (const sent of models) {
    const name = await registryName(sent, manifests);
    const stored = await manifests.read(name);
    if (stored === undefined) throw new CorralError('model_not_found', `model '${displayName(name)}' not found`);
    found.push({ name, current: stored.digest });
  }
  return found;
}
