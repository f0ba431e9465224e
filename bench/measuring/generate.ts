/**
 * One streamed generation, timed at the client. The prompt is sent raw and the temperature is 0, so that all contestants compute the
 * same thing whatever their templates and defaults are.
 */
import type { BenchServer } from '../contestants/bench-server.ts';
import { contextTokens } from '../contestants/llama-server-program.ts';
import { chatModel } from '../contestants/models.ts';
import { streamLines } from './stream-lines.ts';

export interface GenerationRequest {
  readonly prompt: string;
  readonly maxTokens: number;
}

export interface Generation {
  /** From the request to the first text. */
  readonly firstTextMs: number;
  /** Tokens generated, as the server counts them. */
  readonly tokens: number;
  /** Rate after the first text. */
  readonly decodeTokensPerSecond: number;
}

interface StreamEvent {
  readonly text: string;
  /** With the last event: how many tokens there were. */
  readonly totalTokens: number | undefined;
}

/** Throws if the server answers an error, or ends without text or without its count. */
export async function generate(
  server: BenchServer,
  request: GenerationRequest,
  signal: AbortSignal,
): Promise<Generation> {
  const startedMs = performance.now();
  let firstMs: number | undefined;
  let lastMs = startedMs;
  let tokens: number | undefined;
  const events = server.protocol === 'ollama' ? ollamaEvents : llamaServerEvents;
  for await (const event of events(server, request, signal)) {
    if (event.text !== '') {
      lastMs = performance.now();
      firstMs ??= lastMs;
    }
    tokens = event.totalTokens ?? tokens;
  }
  if (firstMs === undefined || tokens === undefined) throw new Error('the answer had no text or no count of tokens');
  const decodeSeconds = (lastMs - firstMs) / 1000;
  return {
    firstTextMs: firstMs - startedMs,
    tokens,
    decodeTokensPerSecond: decodeSeconds > 0 ? (tokens - 1) / decodeSeconds : 0,
  };
}

interface OllamaLine {
  readonly response?: string;
  readonly error?: string;
  readonly eval_count?: number;
}

async function* ollamaEvents(
  server: BenchServer,
  { prompt, maxTokens }: GenerationRequest,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  const body = {
    model: chatModel.name,
    prompt,
    raw: true,
    keep_alive: '10m',
    options: { num_predict: maxTokens, num_ctx: contextTokens, temperature: 0, seed: 1 },
  };
  for await (const line of streamLines(`${server.url}/api/generate`, body, signal)) {
    const value = JSON.parse(line) as OllamaLine;
    if (value.error !== undefined) throw new Error(value.error);
    yield { text: value.response ?? '', totalTokens: value.eval_count };
  }
}

interface LlamaServerEvent {
  readonly content?: string;
  readonly stop?: boolean;
  readonly tokens_predicted?: number;
}

async function* llamaServerEvents(
  server: BenchServer,
  { prompt, maxTokens }: GenerationRequest,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  const body = { prompt, n_predict: maxTokens, temperature: 0, seed: 1, stream: true, cache_prompt: true };
  for await (const line of streamLines(`${server.url}/completion`, body, signal)) {
    if (!line.startsWith('data:')) continue;
    const value = JSON.parse(line.slice('data:'.length)) as LlamaServerEvent;
    yield { text: value.content ?? '', totalTokens: value.stop === true ? value.tokens_predicted : undefined };
  }
}
