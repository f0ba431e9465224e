/**
 * Manifests by walking the store's folders. Names are compared without regard to case, so a look-up reads the four folders on its
 * way instead of trusting the file system, which may or may not tell `Llama` from `llama`; the stored case is what is returned.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestPathParts, nameOfManifestPath, type ModelName } from '../formats/model-name.ts';
import { isAbsent, readFault } from './store-fault.ts';
import { manifestsFolder } from './store-layout.ts';

export interface ManifestFile {
  readonly name: ModelName;
  readonly path: string;
}

/** Calls for what can't be looked into: the path below `manifests/` and the fault. */
export type OnUnreadable = (parts: readonly string[], fault: unknown) => void;

/** Calls for a file that lies where a manifest belongs under a name that no model can have. */
export type OnMisnamed = (parts: readonly string[]) => void;

interface WalkOptions {
  readonly matches: (part: string, depth: number) => boolean;
  readonly onUnreadable: OnUnreadable;
  readonly onMisnamed: OnMisnamed;
}

const ignore: OnMisnamed = () => {};

/** Every file that lies where a manifest belongs; whether it is one is for the reader to see. No store is an empty store. */
export async function listManifests(
  modelsDir: string,
  onUnreadable: OnUnreadable,
  onMisnamed: OnMisnamed = ignore,
): Promise<ManifestFile[]> {
  return walk(manifestsFolder(modelsDir), [], { matches: () => true, onUnreadable, onMisnamed });
}

/** The manifest of `name` in any case, the same case first; undefined when there is none. */
export async function findManifest(modelsDir: string, name: ModelName): Promise<ManifestFile | undefined> {
  const wanted = manifestPathParts(name).map((part) => part.toLowerCase());
  const matches = (part: string, depth: number): boolean => part.toLowerCase() === wanted[depth];
  const onUnreadable: OnUnreadable = (_parts, fault) => {
    throw readFault(`model store`, fault);
  };
  const found = await walk(manifestsFolder(modelsDir), [], { matches, onUnreadable, onMisnamed: ignore });
  const exact = manifestPathParts(name).join('/');
  return found.find((file) => manifestPathParts(file.name).join('/') === exact) ?? found[0];
}

/**
 * Where a manifest of `name` goes that is not there yet. A folder that exists in another case is used, because Ollama looks for all
 * models of a namespace in one folder.
 */
export async function newManifestPath(modelsDir: string, name: ModelName): Promise<string> {
  let folder = manifestsFolder(modelsDir);
  const [tag, ...folders] = manifestPathParts(name).toReversed();
  for (const part of folders.toReversed()) {
    const entries = await entriesOf(folder, [], (_parts, fault) => {
      throw readFault(`model store`, fault);
    });
    const existing = entries.find((entry) => entry.toLowerCase() === part.toLowerCase());
    folder = join(folder, entries.includes(part) ? part : (existing ?? part));
  }
  return join(folder, tag ?? name.tag);
}

async function walk(folder: string, parts: readonly string[], options: WalkOptions): Promise<ManifestFile[]> {
  const { matches, onMisnamed } = options;
  const found: ManifestFile[] = [];
  for (const part of await entriesOf(folder, parts, options.onUnreadable)) {
    // A dot begins what desktops and half-done writers leave behind; no name begins with one.
    if (part.startsWith('.') || !matches(part, parts.length)) continue;
    const path = join(folder, part);
    const [host, namespace, model] = parts;
    if (host === undefined || namespace === undefined || model === undefined) {
      found.push(...(await walk(path, [...parts, part], options)));
      continue;
    }
    const name = nameOfManifestPath([host, namespace, model, part]);
    if (!(await isFile(path))) continue;
    if (name === undefined) onMisnamed([...parts, part]);
    else found.push({ name, path });
  }
  return found;
}

async function entriesOf(folder: string, parts: readonly string[], onUnreadable: OnUnreadable): Promise<string[]> {
  try {
    const entries = await readdir(folder);
    return entries.sort();
  } catch (error) {
    // A plain file where a folder belongs, or a folder that was removed a moment ago: nothing is there.
    if (!isAbsent(error)) onUnreadable(parts, error);
    return [];
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // Gone since, or a link to nothing.
    return false;
  }
}
