import { formatByteSize } from '../../core/byte-size.ts';
import { CorralError } from '../../core/corral-error.ts';
import type { CommandContext } from '../command-context.ts';
import { asRecord, type JsonRecord, numberField, textField } from '../json-fields.ts';
import { expiryTime, parseMomentMs } from '../relative-time.ts';
import { formatTable } from '../terminal/table.ts';
import { recordsWithPrefix, shortIdLength } from './list-models.ts';

/** `corral ps [PREFIX]`. Without a server nothing runs, and that is the answer. */
export async function listRunning(context: CommandContext): Promise<number> {
  const nowMs = Date.now();
  const rows = recordsWithPrefix(await runningModels(context), context.positionals[0] ?? '').map((model) => [
    textField(model, 'name'),
    textField(model, 'digest').slice(0, shortIdLength),
    formatByteSize(numberField(model, 'size')),
    processorShare(numberField(model, 'size'), numberField(model, 'size_vram')),
    String(numberField(model, 'context_length')),
    expiryTime(parseMomentMs(textField(model, 'expires_at')), nowMs),
  ]);
  context.print(formatTable([['NAME', 'ID', 'SIZE', 'PROCESSOR', 'CONTEXT', 'UNTIL'], ...rows]));
  return 0;
}

async function runningModels(context: CommandContext): Promise<JsonRecord> {
  const client = await context.connect({ startServer: false });
  try {
    return asRecord(await client.readJson('GET', '/api/ps', undefined, { signal: context.signal }));
  } catch (thrown) {
    if (!(thrown instanceof CorralError) || thrown.code !== 'server_unreachable') throw thrown;
    context.tell('no server is running\n');
    return {};
  }
}

/** Where a model of `sizeBytes` lies, `vramBytes` of it on a GPU: `100% CPU`, `48%/52% CPU/GPU`. */
export function processorShare(sizeBytes: number, vramBytes: number): string {
  if (vramBytes === 0) return '100% CPU';
  if (vramBytes === sizeBytes) return '100% GPU';
  if (vramBytes > sizeBytes || sizeBytes === 0) return 'Unknown';
  const cpuPercent = Math.round(((sizeBytes - vramBytes) / sizeBytes) * 100);
  return `${cpuPercent}%/${100 - cpuPercent}% CPU/GPU`;
}
