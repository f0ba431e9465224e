/** Bytes of a KV cache of 16-bit numbers, from what `/api/show` says of a model whose layers all attend to the whole context. */
import type { BenchServer } from '../contestants/bench-server.ts';
import { postJson } from './post-json.ts';

type ModelInfo = Readonly<Record<string, unknown>>;

const bytesPerNumber = 2;

/** Throws if the server cannot show the model, or the model's shape is not told. */
export async function kvCacheBytes(server: BenchServer, cells: number, signal: AbortSignal): Promise<number> {
  const reply = await postJson(`${server.url}/api/show`, { model: server.modelName }, signal);
  const { model_info: info = {} } = (await reply.json()) as { readonly model_info?: ModelInfo };
  return cells * kvNumbersPerCell(info) * bytesPerNumber;
}

/** K and V of one token in all layers. */
export function kvNumbersPerCell(info: ModelInfo): number {
  const own = (name: string): unknown => info[`${String(info['general.architecture'])}.${name}`];
  const count = (name: string): number | undefined => {
    const value = own(name);
    return typeof value === 'number' ? value : undefined;
  };
  const layers = count('block_count');
  const heads = count('attention.head_count');
  const kvHeads = count('attention.head_count_kv') ?? heads;
  const width = count('embedding_length');
  if (layers === undefined || heads === undefined || kvHeads === undefined || width === undefined)
    throw new Error('the model does not tell the shape of its KV cache');
  const headLength = width / heads;
  const keyLength = count('attention.key_length') ?? headLength;
  const valueLength = count('attention.value_length') ?? headLength;
  return layers * kvHeads * (keyLength + valueLength);
}
