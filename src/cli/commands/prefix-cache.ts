import path from 'node:path';
import { formatByteSize } from '../../core/byte-size.ts';
import { CorralError } from '../../core/corral-error.ts';
import { createLogger } from '../../core/logger.ts';
import { prefixFolder } from '../../engine/prefix-store.ts';
import { displayName } from '../../formats/model-name.ts';
import { listPrefixFiles, removePrefixFiles, type PrefixFile } from '../../store/prefix-folder.ts';
import { openModelStore } from '../../store/model-store.ts';
import type { CommandContext } from '../command-context.ts';
import { relativeTime } from '../relative-time.ts';
import { formatTable } from '../terminal/table.ts';
import { shortIdLength } from './list-models.ts';

/** `corral cache list|clear [MODEL]`: this machine's folder itself, whether or not a server runs. */
export async function prefixCache(context: CommandContext): Promise<number> {
  const [verb, wanted] = context.positionals;
  if (verb !== 'list' && verb !== 'clear') {
    throw new CorralError('bad_request', `'${verb ?? ''}' is not something to do with the cache`, {
      hint: 'Try: corral cache list, or: corral cache clear',
    });
  }
  const settings = await context.loadSettings();
  const names = await namesByWeights(settings.modelsDir);
  const nameOf = (file: PrefixFile) => names.get(file.header?.model ?? '') ?? [];
  const all = await listPrefixFiles(prefixFolder(settings));
  const files = all.filter((file) => wanted === undefined || nameOf(file).some((name) => isName(name, wanted)));
  if (verb === 'clear') {
    await removePrefixFiles(files);
    context.print(`removed ${files.length} ${files.length === 1 ? 'prompt' : 'prompts'}, ${sizeOf(files)}\n`);
    return 0;
  }
  const nowMs = Date.now();
  const rows = files.map((file) => [
    nameOf(file).join(', ') || file.header?.model.replace(/^sha256-/, '').slice(0, shortIdLength) || '-',
    String(file.header?.tokens ?? '-'),
    formatByteSize(file.bytes),
    file.header?.sealed === true ? 'yes' : 'no',
    relativeTime(file.usedAt.getTime(), nowMs),
  ]);
  context.print(formatTable([['MODEL', 'TOKENS', 'SIZE', 'ENCRYPTED', 'USED'], ...rows]));
  context.print(`${sizeOf(files)} of ${formatByteSize(settings.prefixCacheBytes)}\n`);
  return 0;
}

function sizeOf(files: readonly PrefixFile[]): string {
  let bytes = 0;
  for (const file of files) bytes += file.bytes;
  return formatByteSize(bytes);
}

function isName(name: string, wanted: string): boolean {
  return name === wanted || name === `${wanted}:latest`;
}

/** Names of the models that have a file of weights; those whose manifest can't be read have none. */
async function namesByWeights(modelsDir: string): Promise<Map<string, string[]>> {
  const store = openModelStore({ modelsDir, logger: createLogger('error', () => {}) });
  const names = new Map<string, string[]>();
  for (const { name } of await store.list().catch(() => [])) {
    const model = await store.open(name).catch(() => undefined);
    if (model === undefined) continue;
    const weights = path.basename(model.modelPath);
    names.set(weights, [...(names.get(weights) ?? []), displayName(name)]);
  }
  return names;
}
