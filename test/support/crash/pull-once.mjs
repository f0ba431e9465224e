/** A process that pulls one model with the built program's own parts: `pull-once.mjs <home> <name>`. */
import { readSettings } from '../../../dist/config/read-settings.js';
import { silentLogger as logger } from '../../../dist/core/logger.js';
import { createRegistryClient } from '../../../dist/registry/registry-client.js';
import { createBlobStore } from '../../../dist/store/create-blob-store.js';
import { createManifestStore } from '../../../dist/store/create-manifest-store.js';
import { pullModel } from '../../../dist/usecases/pull-model.js';

const [, , home, model] = process.argv;
const { settings } = readSettings({}, home);
const { modelsDir } = settings;
const blobs = createBlobStore({ modelsDir, logger });
const manifests = createManifestStore({ modelsDir, blobs, noPrune: false, logger });
const registry = createRegistryClient(settings, 'crash');
// From here on the preloaded counter counts.
globalThis.crashCount = 0;
for await (const _ of pullModel(
  { model, insecure: true },
  { blobs, manifests, registry, logger },
  new AbortController().signal,
));
await registry.close();
