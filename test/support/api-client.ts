/** A client of the HTTP API that takes replies as they are, errors included. */
import { readNdjson } from '../../src/core/ndjson-reader.ts';
import { chatModel, type CorralServer } from './corral-server.ts';

export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** What a line or a whole reply of the API may hold, as far as the tests look at it. */
export interface AnswerLine {
  readonly response?: string;
  readonly error?: string;
  readonly done?: boolean;
  readonly done_reason?: string;
  readonly eval_count?: number;
  readonly prompt_eval_count?: number;
  readonly prompt_eval_duration?: number;
  readonly embeddings?: readonly (readonly number[])[];
  readonly models?: readonly { readonly name: string }[];
}

type Body = Readonly<Record<string, unknown>>;

function request(server: CorralServer, path: string, body: Body, signal: AbortSignal | undefined): Promise<Response> {
  return fetch(server.url + path, { method: 'POST', body: JSON.stringify(body), signal: signal ?? null });
}

export async function post(server: CorralServer, path: string, body: Body, signal?: AbortSignal): Promise<Reply> {
  const reply = await request(server, path, body, signal);
  return { status: reply.status, text: await reply.text() };
}

/** As `post`, for a reply that has to be a success. */
export async function answered(server: CorralServer, path: string, body: Body): Promise<AnswerLine> {
  const { status, text } = await post(server, path, body);
  if (status !== 200) throw new Error(`${path} was answered with ${status} ${text}\n${server.log().slice(-2000)}`);
  return JSON.parse(text) as AnswerLine;
}

/** A short greedy answer in one piece. */
export function shortAnswer(server: CorralServer, more: Body = {}): Promise<AnswerLine> {
  return answered(server, '/api/generate', { ...greedy('Name a colour.', 8), stream: false, ...more });
}

/** The lines of a streamed answer, as they arrive. */
export async function* lines(
  server: CorralServer,
  body: Body,
  signal?: AbortSignal,
): AsyncGenerator<AnswerLine, void, undefined> {
  const reply = await request(server, '/api/generate', body, signal);
  if (reply.body === null) throw new Error(`no body with status ${reply.status}`);
  for await (const line of readNdjson(reply.body)) yield line as AnswerLine;
}

export function greedy(prompt: string, tokens: number, options: Body = {}): Body {
  return { model: chatModel, prompt, options: { temperature: 0, num_predict: tokens, ...options } };
}

/**
 * Text that the model goes on with for as many tokens as it may: a pattern it has seen often enough. `words` makes prompts differ
 * from their first word on, so that no two share a cached beginning.
 */
export function endless(words: string, tokens: number, options: Body = {}): Body {
  return { ...greedy(`${words} `.repeat(12).trimEnd(), tokens, options), raw: true };
}

/** The models in memory. */
export async function loaded(server: CorralServer): Promise<string[]> {
  const reply = (await (await fetch(`${server.url}/api/ps`)).json()) as AnswerLine;
  return (reply.models ?? []).map(({ name }) => name);
}
