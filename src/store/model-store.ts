/**
 * The store as the rest of the parent sees it: a folder that other programs also write to, read anew at every call so that a model
 * pulled or deleted by Ollama a moment ago shows up. Reading needs no write access and takes no lock: manifests appear and vanish
 * whole (they are renamed into place), and a blob is there before the first manifest that names it.
 */
import { toCorralError } from '../core/corral-error.ts';
import type { Logger } from '../core/logger.ts';
import { displayName } from '../formats/model-name.ts';
import { findManifest, listManifests, type ManifestFile } from './find-manifests.ts';
import { createHeaderCache } from './header-cache.ts';
import { OpenedModelCache } from './opened-model-cache.ts';
import { readHeader } from './read-header.ts';
import { modelNotFound, readEntry, readStoredModel } from './read-stored-model.ts';
import { readFault, systemCode } from './store-fault.ts';
import type { ModelStore, StoredModel, StoredModelEntry } from './stored-model.ts';

// Two files are open per entry; 16 entries keep the disk busy without nearing the limit on open files.
const entriesAtOnce = 16;

export interface ModelStoreOptions {
  /** The folder with `manifests/` and `blobs/`; it need not exist. */
  readonly modelsDir: string;
  readonly logger: Logger;
}

/** A view of the models in a folder; see `ModelStore`. Holds no file open and nothing but a few headers in memory. */
export function openModelStore({ modelsDir, logger }: ModelStoreOptions): ModelStore {
  const header = createHeaderCache((path) => readHeader(path, 'skip'));
  const opened = new OpenedModelCache();

  const entryOrNothing = async (file: ManifestFile): Promise<StoredModelEntry | undefined> => {
    try {
      return await readEntry(modelsDir, file);
    } catch (error) {
      const { code, message } = toCorralError(error);
      // Deleted since the folder was read: as if it had never been seen.
      if (code !== 'model_not_found') logger.warn('a model is left out of the list', { reason: message });
      return undefined;
    }
  };

  return {
    async list() {
      const files = await listManifests(modelsDir, (parts, fault) => {
        if (parts.length === 0) throw readFault('the model store', fault);
        logger.warn('a folder of the model store is left out', { folder: parts.join('/'), reason: systemCode(fault) });
      });
      const entries: StoredModelEntry[] = [];
      for (let start = 0; start < files.length; start += entriesAtOnce) {
        const read = await Promise.all(files.slice(start, start + entriesAtOnce).map(entryOrNothing));
        entries.push(...read.filter((entry) => entry !== undefined));
      }
      return entries.sort(newestFirst);
    },

    async open(name) {
      const known = await opened.find(name);
      if (known !== undefined) return known;
      const file = await findManifest(modelsDir, name);
      if (file === undefined) throw modelNotFound(displayName(name));
      const model = await readStoredModel(modelsDir, file);
      await opened.keep(name, file.path, model);
      return model;
    },

    header: (model) => header(model.modelPath).catch((error: unknown) => rethrow(model, error)),
    async checkAdapters(model) {
      await Promise.all(model.adapterPaths.map((path) => header(path))).catch((error: unknown) => {
        throw readFault(`an adapter of model '${displayName(model.name)}'`, error);
      });
    },

    async draftHeader(model) {
      if (model.draftPath === undefined) return undefined;
      return header(model.draftPath).catch((error: unknown) => {
        throw readFault(`the draft of model '${displayName(model.name)}'`, error);
      });
    },

    fullHeader: (model) => readHeader(model.modelPath, 'read').catch((error: unknown) => rethrow(model, error)),
  };
}

function rethrow(model: StoredModel, error: unknown): never {
  throw readFault(`the weights of model '${displayName(model.name)}'`, error);
}

function newestFirst(left: StoredModelEntry, right: StoredModelEntry): number {
  const byTime = right.modifiedAt.getTime() - left.modifiedAt.getTime();
  return byTime === 0 ? compareText(displayName(left.name), displayName(right.name)) : byTime;
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
