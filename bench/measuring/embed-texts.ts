import type { BenchServer } from '../contestants/bench-server.ts';
import { embeddingModel } from '../contestants/models.ts';
import { postJson } from './post-json.ts';

export type Vector = readonly number[];

/** The vectors of all texts, from one request of an Ollama-like server. Throws unless there is one for each. */
export async function embedTexts(
  server: BenchServer,
  texts: readonly string[],
  signal: AbortSignal,
  model = embeddingModel.name,
): Promise<readonly Vector[]> {
  const body = { model, input: texts, keep_alive: '10m' };
  const reply = await postJson(`${server.url}/api/embed`, body, signal);
  const { embeddings } = (await reply.json()) as { embeddings: readonly Vector[] };
  if (embeddings.length !== texts.length || embeddings.some((vector) => vector.length === 0))
    throw new Error(`${embeddings.length} vectors came back for ${texts.length} texts`);
  return embeddings;
}
