import { postJson } from './post-json.ts';

/** The lines of a streamed answer as they arrive, without empty ones. */
export async function* streamLines(url: string, body: unknown, signal: AbortSignal): AsyncGenerator<string> {
  const reply = await postJson(url, body, signal);
  if (reply.body === null) return;
  const decoder = new TextDecoder();
  let pending = '';
  for await (const chunk of reply.body) {
    const lines = (pending + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    pending = lines.pop() ?? '';
    yield* lines.filter((line) => line.trim() !== '');
  }
  if (pending.trim() !== '') yield pending;
}
