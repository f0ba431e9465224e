/** A LoRA from the upload to what the model says, with the built server and the real engine. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adapterFile } from '../support/adapter-file.ts';
import { answered, greedy, post } from '../support/api-client.ts';
import { chatModel, startCorral, type CorralServer } from '../support/corral-server.ts';
import { digestOf } from '../support/starter-store.ts';

let server: CorralServer;
beforeAll(async () => {
  server = await startCorral();
});
afterAll(() => server.stop());

async function made(model: string, adapter: Uint8Array): Promise<string> {
  const digest = digestOf(adapter);
  writeFileSync(path.join(server.modelsDir, 'blobs', digest.replace(':', '-')), adapter);
  const { text } = await post(server, '/api/create', {
    model,
    from: chatModel,
    adapters: { 'adapter.gguf': digest },
    stream: false,
  });
  return text;
}

async function says(model: string): Promise<string | undefined> {
  const body = { ...greedy('The capital of France is', 12), model, raw: true, stream: false };
  return (await answered(server, '/api/generate', body)).response;
}

describe('a model with an adapter', () => {
  test('says the same as its base when the adapter changes nothing, and something else when it does', async () => {
    expect(await made('still', adapterFile(0))).toBe('{"status":"success"}');
    expect(await made('moved', adapterFile(1))).toBe('{"status":"success"}');
    const base = await says(chatModel);
    expect(await says('still')).toBe(base);
    expect(await says('moved')).not.toBe(base);
  });

  test('shares its base’s weights with others: one process, each its own text, also at once and from the cache', async () => {
    const models = [chatModel, 'still', 'moved'];
    const alone = [];
    for (const model of models) alone.push(await says(model));
    expect(await Promise.all([...models, ...models].map(says))).toEqual([...alone, ...alone]);
    expect(server.runners()).toHaveLength(1);
    const { models: resident } = (await (await fetch(`${server.url}/api/ps`)).json()) as { models: unknown[] };
    expect(resident).toHaveLength(1);
  });

  test('is refused when its file has been damaged since, and its base still answers', async () => {
    const adapter = adapterFile(0.5);
    await made('broken', adapter);
    writeFileSync(
      path.join(server.modelsDir, 'blobs', digestOf(adapter).replace(':', '-')),
      'GGUF'.padEnd(adapter.length),
    );
    const reply = await post(server, '/api/generate', { model: 'broken', prompt: 'Hi', stream: false });
    expect(reply.status).toBe(500);
    expect(reply.text).toContain('error');
    expect(await says(chatModel)).not.toBe('');
  });

  test('is refused when the adapter was made for another architecture', async () => {
    expect(JSON.parse(await made('other', adapterFile(1, 'qwen2')))).toEqual({
      error: 'the adapter was made for qwen2 models, this is llama',
    });
  });
});
