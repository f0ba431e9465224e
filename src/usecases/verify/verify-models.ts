/**
 * Checks that the store holds what its manifests say: every blob is read and hashed, damaged ones are moved aside so that no model computes
 * with them, and, when asked to, what is damaged or missing is fetched from the models' registries again.
 */
import { toCorralError } from '../../core/corral-error.ts';
import { displayName, type ModelName } from '../../formats/model-name.ts';
import { fetchBlob } from '../fetch-blob.ts';
import type { ProgressEvent } from '../progress-event.ts';
import { pullModel, type PullParts } from '../pull-model.ts';
import { checkBlobs, type CheckedBlob } from './check-blobs.ts';
import { namedBlobs, type DamagedManifest } from './named-blobs.ts';
import type { StoreProblem } from './store-problem.ts';

export interface VerifyRequest {
  /** As sent; empty = all that are installed. */
  readonly model: string;
  /** Fetch what is damaged or missing again. */
  readonly repair: boolean;
  /** Permits plain HTTP, and speaks it. */
  readonly insecure: boolean;
}

/** The last event has the verdict. */
export interface VerifyEvent extends ProgressEvent {
  readonly checked?: { readonly models: number; readonly blobs: number; readonly bytes: number };
  readonly problems?: readonly StoreProblem[];
}

type Steps<Result> = AsyncGenerator<ProgressEvent, Result, undefined>;

/** A repair that fails is told in its problem and stops nothing. Throws as `namedBlobs`, and `canceled`. */
export async function* verifyModels(
  request: VerifyRequest,
  parts: PullParts,
  signal: AbortSignal,
): AsyncGenerator<VerifyEvent, void, undefined> {
  const { modelCount, blobs, damaged } = await namedBlobs(request.model, parts.manifests);
  const bad = yield* checkBlobs(blobs, parts.blobs, signal);
  const problems: StoreProblem[] = [];
  for (const manifest of damaged) problems.push(yield* settleManifest(manifest, request, parts, signal));
  for (const checked of bad) {
    const blob = await stillNamed(checked, parts);
    if (blob !== undefined) problems.push(yield* settleBlob(blob, request, parts, signal));
  }
  const bytes = blobs.reduce((sum, { layer }) => sum + layer.sizeBytes, 0);
  yield { status: 'success', checked: { models: modelCount, blobs: blobs.length, bytes }, problems };
}

/** The blob with those of its models that have not been deleted or replaced while it was read; undefined when there is none. */
async function stillNamed(blob: CheckedBlob, { manifests }: PullParts): Promise<CheckedBlob | undefined> {
  const models: ModelName[] = [];
  for (const name of blob.models) {
    const stored = await manifests.read(name);
    const layers = stored === undefined ? [] : [stored.manifest.config, ...stored.manifest.layers];
    if (layers.some(({ digest }) => digest === blob.layer.digest)) models.push(name);
  }
  return models.length === 0 ? undefined : { ...blob, models };
}

async function* settleManifest(
  { name, error }: DamagedManifest,
  { repair, insecure }: VerifyRequest,
  parts: PullParts,
  signal: AbortSignal,
): Steps<StoreProblem> {
  const model = displayName(name);
  const found: StoreProblem = { problem: 'manifest', models: [model], repaired: false, error };
  if (!repair) return found;
  return yield* attempt(pullSteps(model, insecure, parts, signal), found, signal);
}

/** Without pull's last word, which would end the whole verification. */
async function* pullSteps(model: string, insecure: boolean, parts: PullParts, signal: AbortSignal): Steps<void> {
  for await (const event of pullModel({ model, insecure }, parts, signal)) {
    if (event.status !== 'success') yield event;
  }
}

async function* settleBlob(
  { layer, models, condition }: CheckedBlob,
  { repair, insecure }: VerifyRequest,
  parts: PullParts,
  signal: AbortSignal,
): Steps<StoreProblem> {
  const { digest, sizeBytes: size } = layer;
  let found: StoreProblem = {
    problem: condition,
    models: models.map(displayName),
    digest,
    size,
    repaired: false,
  };
  // What can't be read now may be whole, and can't be fetched into a place that is taken.
  if (condition === 'unreadable') return found;
  if (condition === 'damaged') {
    try {
      await parts.blobs.quarantine(digest);
      found = { ...found, moved_aside: true };
    } catch (thrown) {
      return { ...found, moved_aside: false, error: toCorralError(thrown).message };
    }
  }
  if (!repair) return found;
  for (const name of models) {
    found = yield* attempt(fetchBlob({ name, layer, insecure }, parts, signal), found, signal);
    if (found.repaired) break;
  }
  return found;
}

async function* attempt(steps: Steps<void>, problem: StoreProblem, signal: AbortSignal): Steps<StoreProblem> {
  try {
    yield* steps;
    const { error: _, ...repaired } = problem;
    return { ...repaired, repaired: true };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return { ...problem, error: toCorralError(thrown).message };
  }
}
