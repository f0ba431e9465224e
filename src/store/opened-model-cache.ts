/**
 * Opened models, so that a request for a model in use does not walk and read the store again: two looks at the file system tell
 * whether the manifest and the weights are still those that were read.
 */
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fullName, type ModelName } from '../formats/model-name.ts';
import type { StoredModel } from './stored-model.ts';

/** Texts of a model (template, licence, system) take some KB; more models than this are hardly used in turn. */
const maxModels = 64;

interface Opened {
  readonly model: StoredModel;
  readonly manifestPath: string;
  readonly seen: string;
}

export class OpenedModelCache {
  readonly #opened = new Map<string, Opened>();

  /** The model as it was read; undefined when it was not, or when it has changed since. */
  async find(name: ModelName): Promise<StoredModel | undefined> {
    const opened = this.#opened.get(fullName(name));
    if (opened === undefined) return undefined;
    const seen = await look(opened.manifestPath, opened.model.modelPath);
    return seen === opened.seen ? opened.model : undefined;
  }

  /** Remembers what was read. A name that was found in another case is not kept: its own case may appear and goes first. */
  async keep(name: ModelName, manifestPath: string, model: StoredModel): Promise<void> {
    const key = fullName(name);
    this.#opened.delete(key);
    if (fullName(model.name) !== key) return;
    const seen = await look(manifestPath, model.modelPath, model.modifiedAt);
    if (seen === undefined) return;
    this.#opened.set(key, { model, manifestPath, seen });
    const [oldest] = this.#opened.keys();
    if (this.#opened.size > maxModels && oldest !== undefined) this.#opened.delete(oldest);
  }
}

/** What tells the files from later ones of the same names; undefined when one is gone, or was written after `readAt`'s state. */
async function look(manifestPath: string, modelPath: string, readAt?: Date): Promise<string | undefined> {
  try {
    const files = await Promise.all([stat(manifestPath), stat(modelPath)]);
    if (readAt !== undefined && files[0].mtime.getTime() !== readAt.getTime()) return undefined;
    return files.map(identity).join(' ');
  } catch {
    return undefined; // the slow way finds out what is wrong
  }
}

function identity({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}
