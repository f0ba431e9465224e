import type { BenchServer } from '../contestants/bench-server.ts';
import { generate } from './generate.ts';
import { uniquePrompt } from './prompt-text.ts';

/** A short answer, which loads the model where that happens at the first request. */
export async function warmUp(server: BenchServer, signal: AbortSignal): Promise<void> {
  await generate(server, { prompt: uniquePrompt(8), maxTokens: 8 }, signal);
}
