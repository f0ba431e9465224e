import type { BenchServer } from '../contestants/bench-server.ts';
import { embeddingModel } from '../contestants/models.ts';
import { postJson } from './post-json.ts';

/** Embeds all texts in one request of an Ollama-like server. Throws unless there is one vector for each. */
export async function embedTexts(server: BenchServer, texts: readonly string[], signal: AbortSignal): Promise<void> {
  const body = { model: embeddingModel.name, input: texts, keep_alive: '10m' };
  const reply = await postJson(`${server.url}/api/embed`, body, signal);
  const { embeddings } = (await reply.json()) as { embeddings: readonly (readonly number[])[] };
  if (embeddings.length !== texts.length || embeddings.some((vector) => vector.length === 0))
    throw new Error(`${embeddings.length} vectors came back for ${texts.length} texts`);
}
