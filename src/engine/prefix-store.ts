/** Where a model's runner keeps prefixes, and under which conditions a later one may use them. Pure. */
import path from 'node:path';
import type { Settings } from '../config/settings.ts';
import type { LoadRequest, PrefixStore } from './runner-protocol.ts';

/** Under the user's `.ollama` folder. */
export function prefixFolder({ homeDir }: Pick<Settings, 'homeDir'>): string {
  return path.join(homeDir, 'corral-prefixes');
}

/** Undefined where prefixes are not kept. `key`: as `readPrefixKey` gives it. */
export function prefixStore(
  settings: Pick<Settings, 'homeDir' | 'prefixCacheBytes'>,
  key: Buffer | undefined,
  load: LoadRequest,
): PrefixStore | undefined {
  if (settings.prefixCacheBytes === 0 || load.mode !== 'completion') return undefined;
  const { modelPath, contextTokens, kvCacheType, flashAttention, gpuLayers } = load;
  return {
    folder: prefixFolder(settings),
    mostBytes: settings.prefixCacheBytes,
    // Blobs are named after their digests.
    model: path.basename(modelPath),
    // Some models scale their positions by the context; a layer elsewhere may store its values in another layout.
    settings: [contextTokens, kvCacheType, flashAttention, gpuLayers],
    ...(key !== undefined && { key: key.toString('base64') }),
  };
}
