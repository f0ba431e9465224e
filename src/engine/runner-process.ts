/**
 * A runner as a child process: starts it, speaks its protocol, and turns its death into errors for whoever waited.
 *
 * The child gets an environment from an allow-list, never the server's own: keys and tokens in there are none of its business.
 * Killing it is always safe: what it writes appears whole or not at all, and is checked when it is read. That is how loads are cancelled; a loaded model is
 * first given time to save prefixes.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { canceled } from '../core/canceled.ts';
import { CorralError } from '../core/corral-error.ts';
import { currentClient } from '../core/current-client.ts';
import { decodeVector } from '../core/float-vector.ts';
import { readLines } from '../core/line-reader.ts';
import type { Logger } from '../core/logger.ts';
import { AsyncQueue } from '../core/async-queue.ts';
import { preferAsVictim } from './prefer-as-victim.ts';
import type { Embeddings, GenerationEvent, Relevance, Runner, Tokenized } from './runner.ts';
import { runnerEnvironment } from './runner-environment.ts';
import type {
  ChildMessage,
  DetokenizeRequest,
  EmbedRequest,
  GenerateRequest,
  GenerationBegun,
  LoadedFacts,
  LoadRequest,
  ParentMessage,
  RerankRequest,
  TokenizeRequest,
  Tuning,
} from './runner-protocol.ts';

export interface RunnerProcessOptions {
  readonly logger: Logger;
  readonly libraryDir: string | undefined;
  readonly gpuEnvironment: Readonly<Record<string, string>>;
  /** The child's program; the built one beside this file unless a test says otherwise. */
  readonly program?: string;
}

export interface StartOptions {
  readonly signal: AbortSignal;
  /** Called at every sign of life while loading, with what is done as 0..1. */
  readonly onProgress: (fraction: number) => void;
  /** Called when the child has found out what suits the model, at most once, long after loading. */
  readonly onTuned?: (tuning: Tuning) => void;
}

/** A gigabyte takes about as long to write; who waits for the model's place waits for this too. */
const saveMs = 1500;

const runnerProgram = fileURLToPath(new URL('../runner/runner-main.js', import.meta.url));

/** An assertion of the engine with its backtrace is shorter than this. */
const keptLines = 40;

/**
 * Starts a child and loads the model in it. Rejects with `canceled` when the signal aborts, with the child's own error, or
 * with `load_failed` when the child dies; in each case the child is gone.
 */
export async function startRunner(
  load: LoadRequest,
  options: StartOptions,
  processOptions: RunnerProcessOptions,
): Promise<Runner> {
  const { signal, onProgress } = options;
  if (signal.aborted) throw canceled();
  const child = fork(processOptions.program ?? runnerProgram, [], {
    env: runnerEnvironment(process.env, processOptions.libraryDir, processOptions.gpuEnvironment),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'json',
  });
  const runner = new RunnerProcess(child, processOptions.logger, options.onTuned);
  const cancel = () => void runner.close();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    runner.facts = await runner.load(load, onProgress);
    return runner;
  } catch (thrown) {
    await runner.close();
    throw signal.aborted ? canceled() : thrown;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

type Reply =
  | Exclude<Extract<ChildMessage, { readonly id: number }>, GenerationBegun>
  | { readonly type: 'text'; readonly event: GenerationEvent };

class RunnerProcess implements Runner {
  facts: LoadedFacts = {
    contextTokens: 0,
    sequences: 0,
    kvCells: 0,
    embeddingLength: 0,
    sizeBytes: 0,
    vramBytes: 0,
    engine: '',
    splitWeights: false,
  };
  readonly ended: Promise<CorralError | undefined>;
  readonly #child: ChildProcess;
  readonly #logger: Logger;
  readonly #pending = new Map<number, AsyncQueue<Reply>>();
  #nextId = 1;
  /** What the child last wrote to its stderr: an assertion that failed, a stack. */
  readonly #lastLines: string[] = [];
  #closing = false;
  /** Loaded, and with a place for prefixes. */
  #savesPrefixes = false;
  #death: CorralError | undefined;
  #onLoading: ((message: ChildMessage) => void) | undefined;

  readonly #onTuned: StartOptions['onTuned'];

  constructor(child: ChildProcess, logger: Logger, onTuned: StartOptions['onTuned']) {
    this.#onTuned = onTuned;
    this.#child = child;
    this.#logger = logger;
    this.ended = new Promise((resolve) => {
      child.once('error', (cause) => this.#die(new CorralError('runner_crashed', crashMessage, { cause }), resolve));
      // Not `exit`: after `close` its last words have been read too.
      child.once('close', (code, signal) => {
        const how = signal ?? `code ${code ?? 0}`;
        this.#die(new CorralError('runner_crashed', crashMessage, { cause: how, hint: deathHint(signal) }), resolve);
      });
    });
    child.on('message', (message) => this.#receive(message as ChildMessage));
    if (child.stderr !== null) void this.#logLines(child.stderr);
    preferAsVictim(child.pid);
  }

  load(request: LoadRequest, onProgress: (fraction: number) => void): Promise<LoadedFacts> {
    return new Promise((resolve, reject) => {
      let done = 0;
      this.#onLoading = (message) => {
        if (message.type === 'progress') done = message.fraction;
        if (message.type === 'loaded') {
          const { type: _, ...facts } = message;
          this.#savesPrefixes = request.prefixes !== undefined;
          resolve(facts);
        } else if (message.type === 'load-failed') {
          reject(new CorralError(message.code, message.message, message.hint === '' ? {} : { hint: message.hint }));
        } else {
          onProgress(done);
        }
      };
      void this.#rejectAtEnd(reject);
      this.#post(request);
    });
  }

  async #rejectAtEnd(reject: (error: CorralError) => void): Promise<void> {
    const death = await this.ended;
    const how = typeof death?.cause === 'string' ? ` (${death.cause})` : '';
    reject(
      new CorralError('load_failed', `the model runner ended while loading the model${how}`, {
        hint: death?.hint ?? 'The log of the server has the engine’s last words.',
      }),
    );
  }

  async *generate(
    request: Omit<GenerateRequest, 'type' | 'id'>,
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void, undefined> {
    for await (const reply of this.#request({ ...ofClient(), ...request, type: 'generate' }, signal)) {
      if (reply.type === 'text') yield reply.event;
      else if (reply.type === 'done') yield reply;
    }
  }

  async embed(request: Omit<EmbedRequest, 'type' | 'id'>, signal: AbortSignal): Promise<Embeddings> {
    const reply = await this.#single({ ...ofClient(), ...request, type: 'embed' }, signal);
    if (reply.type !== 'embedded') throw unexpected(reply);
    return { vectors: reply.vectors.map(decodeVector), promptTokens: reply.promptTokens };
  }

  async rerank(request: Omit<RerankRequest, 'type' | 'id'>, signal: AbortSignal): Promise<Relevance> {
    const reply = await this.#single({ ...ofClient(), ...request, type: 'rerank' }, signal);
    if (reply.type !== 'reranked') throw unexpected(reply);
    return { scores: reply.scores, promptTokens: reply.promptTokens };
  }

  async tokenize(request: Omit<TokenizeRequest, 'type' | 'id'>, signal: AbortSignal): Promise<Tokenized> {
    const reply = await this.#single({ ...request, type: 'tokenize' }, signal);
    if (reply.type !== 'tokenized') throw unexpected(reply);
    const { tokens, counts, pieces } = reply;
    if (pieces === undefined) return { tokens, counts };
    return { tokens, counts, pieces: pieces.map((list) => list.map((piece) => Buffer.from(piece, 'base64'))) };
  }

  async detokenize(tokens: readonly number[], signal: AbortSignal): Promise<string> {
    const reply = await this.#single({ type: 'detokenize', tokens }, signal);
    if (reply.type !== 'detokenized') throw unexpected(reply);
    return reply.text;
  }

  async close(): Promise<void> {
    this.#closing = true;
    const patience = this.#savesPrefixes ? setTimeout(() => this.#child.kill('SIGKILL'), 2 * saveMs) : undefined;
    if (this.#savesPrefixes) this.#post({ type: 'unload', mostMs: saveMs });
    // Not SIGTERM, which the child hears only between steps: this ends it at once, also in the middle of native code.
    else this.#child.kill('SIGKILL');
    await this.ended;
    clearTimeout(patience);
  }

  async #single(
    request: Requested<EmbedRequest | RerankRequest | TokenizeRequest | DetokenizeRequest>,
    signal: AbortSignal,
  ): Promise<Reply> {
    for await (const reply of this.#request(request, signal)) return reply;
    throw new CorralError('runner_failed', 'the model runner gave no answer');
  }

  /** Sends a request and yields what comes back for it; ends after the last reply. */
  async *#request(
    request: Requested<GenerateRequest | EmbedRequest | RerankRequest | TokenizeRequest | DetokenizeRequest>,
    signal: AbortSignal,
  ): AsyncGenerator<Reply, void, undefined> {
    if (this.#death !== undefined) throw this.#death;
    if (signal.aborted) throw canceled();
    const id = this.#nextId++;
    const queue = new AsyncQueue<Reply>();
    this.#pending.set(id, queue);
    const onAbort = () => queue.fail(canceled());
    signal.addEventListener('abort', onAbort, { once: true });
    let ended = false;
    try {
      this.#post({ ...request, id });
      for (;;) {
        const reply = await queue.next();
        if (reply.type === 'failed') {
          ended = true;
          const { code, message, param, tooLong } = reply;
          throw new CorralError(code, message, {
            ...(param !== undefined && { param }),
            ...(tooLong !== undefined && { cause: tooLong }),
          });
        }
        ended = reply.type !== 'text';
        yield reply;
        if (ended) return;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#pending.delete(id);
      if (!ended) this.#post({ type: 'cancel', id });
    }
  }

  #receive(message: ChildMessage): void {
    switch (message.type) {
      case 'tokens':
        for (const { id, ...item } of message.items) {
          this.#pending.get(id)?.push({ type: 'text', event: { type: 'text', ...item } });
        }
        break;
      case 'begun':
        this.#pending.get(message.id)?.push({ type: 'text', event: message });
        break;
      case 'log':
        this.#logger[message.level](message.text, { from: 'engine' });
        this.#onLoading?.(message);
        break;
      case 'tuned':
        this.#onTuned?.({ threads: message.threads, promptTokensPerMs: message.promptTokensPerMs });
        break;
      case 'ready':
      case 'progress':
        this.#onLoading?.(message);
        break;
      case 'loaded':
      case 'load-failed':
        this.#onLoading?.(message);
        this.#onLoading = undefined;
        break;
      case 'done':
      case 'embedded':
      case 'reranked':
      case 'tokenized':
      case 'detokenized':
      case 'failed':
        this.#pending.get(message.id)?.push(message);
        break;
    }
  }

  #post(message: ParentMessage): void {
    // The channel may close between a check and the write; what waits then is failed by the exit event.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #die(error: CorralError, resolve: (death: CorralError | undefined) => void): void {
    if (this.#death !== undefined) return;
    this.#death = error;
    if (!this.#closing) {
      this.#logger.error('a model runner ended by itself', { how: String(error.cause) });
      for (const line of this.#lastLines) this.#logger.error(line, { from: 'engine' });
    }
    for (const queue of this.#pending.values()) queue.fail(error);
    resolve(this.#closing ? undefined : error);
  }

  async #logLines(stream: NodeJS.ReadableStream): Promise<void> {
    try {
      for await (const line of readLines(stream)) {
        this.#logger.debug(line, { from: 'engine' });
        this.#lastLines.push(line);
        if (this.#lastLines.length > keptLines) this.#lastLines.shift();
      }
    } catch (cause) {
      this.#logger.debug('the engine’s output ended early', { cause: String(cause) });
    }
  }
}

type Requested<Message> = Message extends unknown ? Omit<Message, 'id'> : never;

const crashMessage =
  'model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, check the server log for details';

function deathHint(signal: NodeJS.Signals | null): string {
  return signal === 'SIGKILL'
    ? 'The system may have ended it for want of memory: try a smaller num_ctx or a smaller model.'
    : 'The next request loads the model again.';
}

function unexpected(reply: Reply): CorralError {
  return new CorralError('runner_failed', `the model runner answered with ${reply.type}`);
}

function ofClient(): { readonly client?: string } {
  const client = currentClient();
  return client === undefined ? {} : { client };
}
