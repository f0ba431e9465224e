/** Which blobs the installed models are made of. */
import { CorralError, toCorralError } from '../../core/corral-error.ts';
import type { Digest } from '../../formats/digest.ts';
import type { ManifestLayer } from '../../formats/model-manifest.ts';
import { displayName, parseModelName, type ModelName } from '../../formats/model-name.ts';
import { parseModelReference } from '../../formats/model-reference.ts';
import type { ManifestStore } from '../../store/manifest-store.ts';

export interface NamedBlob {
  readonly layer: ManifestLayer;
  readonly models: ModelName[];
}

export interface DamagedManifest {
  readonly name: ModelName;
  readonly error: string;
}

export interface NamedBlobs {
  readonly modelCount: number;
  /** Each once, however many models share it. */
  readonly blobs: readonly NamedBlob[];
  readonly damaged: readonly DamagedManifest[];
}

/** Of the model `sent`, or of all when it is empty. Throws `invalid_model_name`, `model_not_found`, `store_read`. */
export async function namedBlobs(sent: string, manifests: ManifestStore): Promise<NamedBlobs> {
  const names = sent === '' ? await manifests.names() : [parseModelName(parseModelReference(sent).base)];
  const blobs = new Map<Digest, NamedBlob>();
  const damaged: DamagedManifest[] = [];
  let modelCount = 0;
  for (const wanted of names) {
    try {
      const stored = await manifests.read(wanted);
      // Of all models, one that was deleted since they were listed is none any more.
      if (stored === undefined && sent !== '') throw notFound(wanted);
      if (stored === undefined) continue;
      modelCount++;
      const { name, manifest } = stored;
      for (const layer of [manifest.config, ...manifest.layers]) {
        const known = blobs.get(layer.digest);
        if (known === undefined) blobs.set(layer.digest, { layer, models: [name] });
        else if (!known.models.includes(name)) known.models.push(name);
      }
    } catch (thrown) {
      const { code, message } = toCorralError(thrown);
      if (code !== 'store_read') throw thrown;
      modelCount++;
      damaged.push({ name: wanted, error: message });
    }
  }
  return { modelCount, blobs: [...blobs.values()], damaged };
}

function notFound(name: ModelName): CorralError {
  return new CorralError('model_not_found', `model '${displayName(name)}' not found`, {
    hint: 'Look at the installed models with `corral list`.',
  });
}
