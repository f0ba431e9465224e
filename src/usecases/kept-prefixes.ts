/** Prompts that are kept computed on disk: which, for which models, and their removal. */
import path from 'node:path';
import { prefixFolder } from '../engine/prefix-store.ts';
import { displayName, parseModelName } from '../formats/model-name.ts';
import { listPrefixFiles, removePrefixFiles, type PrefixFile } from '../store/prefix-folder.ts';
import type { UseCaseParts } from './use-case-parts.ts';

export interface KeptPrefix {
  /** Installed models with the weights that it belongs to. */
  readonly models: readonly string[];
  /** Of the weights, bare hex; empty for a file that can't be read. */
  readonly digest: string;
  readonly tokens: number;
  readonly bytes: number;
  readonly encrypted: boolean;
  readonly usedAt: Date;
}

export interface KeptPrefixes {
  readonly prefixes: readonly KeptPrefix[];
  readonly bytes: number;
  /** 0 = none are kept. */
  readonly mostBytes: number;
}

type Parts = Pick<UseCaseParts, 'store' | 'settings'>;

/** `model` empty = of all. Throws `invalid_model_name`, `model_not_found`. */
export async function keptPrefixes(model: string, parts: Parts): Promise<KeptPrefixes> {
  return await describe(await filesOf(model, parts), parts);
}

/** As `keptPrefixes`; what is listed is gone afterwards. A runner that knew one of them computes that prompt anew. */
export async function removeKeptPrefixes(model: string, parts: Parts): Promise<KeptPrefixes> {
  const files = await filesOf(model, parts);
  const removed = await describe(files, parts);
  await removePrefixFiles(files);
  return removed;
}

async function describe(files: readonly PrefixFile[], parts: Parts): Promise<KeptPrefixes> {
  const names = await namesByWeights(parts);
  return {
    prefixes: files.map(({ header, bytes, usedAt }) => ({
      models: names.get(header?.model ?? '') ?? [],
      digest: header?.model.replace(/^sha256-/, '') ?? '',
      tokens: header?.tokens ?? 0,
      bytes,
      encrypted: header?.sealed ?? false,
      usedAt,
    })),
    bytes: sum(files),
    mostBytes: parts.settings.prefixCacheBytes,
  };
}

async function filesOf(model: string, { store, settings }: Parts): Promise<readonly PrefixFile[]> {
  const files = await listPrefixFiles(prefixFolder(settings));
  if (model === '') return files;
  const { modelPath } = await store.open(parseModelName(model));
  return files.filter(({ header }) => header?.model === path.basename(modelPath));
}

async function namesByWeights({ store }: Parts): Promise<Map<string, string[]>> {
  const names = new Map<string, string[]>();
  for (const { name } of await store.list()) {
    // One that can't be opened has no prefixes to its name.
    const model = await store.open(name).catch(() => undefined);
    if (model === undefined) continue;
    const weights = path.basename(model.modelPath);
    names.set(weights, [...(names.get(weights) ?? []), displayName(name)]);
  }
  return names;
}

function sum(files: readonly PrefixFile[]): number {
  let bytes = 0;
  for (const file of files) bytes += file.bytes;
  return bytes;
}
