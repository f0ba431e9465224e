/**
 * One streamed generation, timed at the client. The prompt is sent raw and the temperature is 0 unless the request says otherwise, so
 * that all contestants compute the same thing whatever their templates and defaults are.
 */
import type { BenchServer } from '../contestants/bench-server.ts';
import { streamLines } from './stream-lines.ts';

export interface GenerationRequest {
  readonly prompt: string;
  readonly maxTokens: number;
  /** At temperature 1 with this seed; without it at temperature 0. */
  readonly drawnWithSeed?: number;
  /** JSON Schema that the answer has to follow. */
  readonly schema?: unknown;
}

export interface Generation {
  readonly text: string;
  /** The model ended the answer; otherwise the limit did. */
  readonly isFinished: boolean;
  /** From the request to the first text. */
  readonly firstTextMs: number;
  /** Tokens generated, as the server counts them. */
  readonly tokens: number;
  /** Rate after the first text. */
  readonly decodeTokensPerSecond: number;
  /** Of the prompt, as the server counts them; undefined if it does not say. */
  readonly promptTokens: number | undefined;
  /** Waits between one piece of text and the next, in their order. */
  readonly gapsMs: readonly number[];
}

interface StreamEvent {
  readonly text: string;
  /** With the last event: how many tokens there were. */
  readonly totalTokens: number | undefined;
  readonly promptTokens?: number | undefined;
  readonly isFinished?: boolean;
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
  let promptTokens: number | undefined;
  let isFinished = false;
  const texts: string[] = [];
  const gapsMs: number[] = [];
  const events = server.protocol === 'ollama' ? ollamaEvents : llamaServerEvents;
  for await (const event of events(server, request, signal)) {
    if (event.text !== '') {
      const nowMs = performance.now();
      if (firstMs !== undefined) gapsMs.push(nowMs - lastMs);
      firstMs ??= nowMs;
      lastMs = nowMs;
      texts.push(event.text);
    }
    isFinished ||= event.isFinished === true;
    tokens = event.totalTokens ?? tokens;
    promptTokens = event.promptTokens ?? promptTokens;
  }
  if (firstMs === undefined || tokens === undefined) throw new Error('the answer had no text or no count of tokens');
  const decodeSeconds = (lastMs - firstMs) / 1000;
  return {
    text: texts.join(''),
    isFinished,
    firstTextMs: firstMs - startedMs,
    tokens,
    decodeTokensPerSecond: decodeSeconds > 0 ? (tokens - 1) / decodeSeconds : 0,
    promptTokens,
    gapsMs,
  };
}

interface OllamaLine {
  readonly response?: string;
  readonly error?: string;
  readonly eval_count?: number;
  readonly prompt_eval_count?: number;
  readonly done_reason?: string;
}

async function* ollamaEvents(
  server: BenchServer,
  { prompt, maxTokens, drawnWithSeed, schema }: GenerationRequest,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  const body = {
    model: server.modelName,
    prompt,
    raw: true,
    keep_alive: '10m',
    format: schema,
    options: { num_predict: maxTokens, num_ctx: server.contextTokens, ...sampling(drawnWithSeed) },
  };
  for await (const line of streamLines(`${server.url}/api/generate`, body, signal)) {
    const value = JSON.parse(line) as OllamaLine;
    if (value.error !== undefined) throw new Error(value.error);
    yield {
      text: value.response ?? '',
      totalTokens: value.eval_count,
      promptTokens: value.prompt_eval_count,
      isFinished: value.done_reason === 'stop',
    };
  }
}

interface LlamaServerEvent {
  readonly content?: string;
  readonly stop?: boolean;
  readonly tokens_predicted?: number;
  readonly tokens_evaluated?: number;
  readonly stop_type?: string;
}

async function* llamaServerEvents(
  server: BenchServer,
  { prompt, maxTokens, drawnWithSeed, schema }: GenerationRequest,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  const body = {
    prompt,
    n_predict: maxTokens,
    stream: true,
    cache_prompt: true,
    json_schema: schema,
    ...sampling(drawnWithSeed),
  };
  for await (const line of streamLines(`${server.url}/completion`, body, signal)) {
    if (!line.startsWith('data:')) continue;
    const value = JSON.parse(line.slice('data:'.length)) as LlamaServerEvent;
    yield {
      text: value.content ?? '',
      totalTokens: value.stop === true ? value.tokens_predicted : undefined,
      promptTokens: value.stop === true ? value.tokens_evaluated : undefined,
      isFinished: value.stop_type === 'eos',
    };
  }
}

function sampling(drawnWithSeed: number | undefined): { readonly temperature: number; readonly seed: number } {
  return drawnWithSeed === undefined ? { temperature: 0, seed: 1 } : { temperature: 1, seed: drawnWithSeed };
}
