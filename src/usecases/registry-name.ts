/** A name as it is sent to pull and push. */
import { CorralError } from '../core/corral-error.ts';
import { parseModelName, type ModelName } from '../formats/model-name.ts';
import { parseModelReference } from '../formats/model-reference.ts';
import type { ManifestStore } from '../store/manifest-store.ts';

/** The name that `sent` spells, in the store's case where the model is there. Throws `invalid_model_name`, `forbidden` for a cloud model. */
export async function registryName(sent: string, manifests: ManifestStore): Promise<ModelName> {
  const { base, source } = parseModelReference(sent);
  if (source === 'cloud') {
    throw new CorralError('forbidden', 'ollama cloud is disabled: remote model is unavailable', {
      hint: 'Corral runs models on this machine only.',
    });
  }
  const name = parseModelName(base);
  const stored = await storedSpelling(name, manifests);
  return stored === undefined ? name : { ...stored, scheme: name.scheme };
}

async function storedSpelling(name: ModelName, manifests: ManifestStore): Promise<ModelName | undefined> {
  try {
    return (await manifests.read(name))?.name;
  } catch {
    // A manifest that can't be read is replaced by a pull; a push tells when it reads it.
    return undefined;
  }
}
