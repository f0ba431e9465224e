/**
 * The child process: waits for `load`, then serves until its parent goes away. All native code lives here; when it
 * crashes, this process ends and with it one model, nothing else.
 *
 * Steps are synchronous and messages are read between them. The channel closing means that the server is gone, by whatever
 * death: then this process ends too, within a step, and during a load at the next progress report.
 */
import { availableParallelism } from 'node:os';
import koffi from 'koffi';
import { toCorralError } from '../core/corral-error.ts';
import type { ChildMessage, LoadRequest, ParentMessage } from '../engine/runner-protocol.ts';
import { loadBindings } from '../llama/bindings.ts';
import { findLibraries } from '../llama/find-libraries.ts';
import type { Model } from '../llama/model.ts';
import { checkStructLayouts } from '../llama/self-check.ts';
import { Threadpools } from '../llama/threadpools.ts';
import { BatchComputer } from './batch-computer.ts';
import { BufferSizes } from './buffer-sizes.ts';
import { watchBusyCores } from './busy-cores.ts';
import { EmbeddingQueue } from './embedding-queue.ts';
import { FreeCores } from './free-cores.ts';
import { IdleTuning } from './idle-tuning.ts';
import { IdleWork } from './idle-work.ts';
import { loadDraft } from './load-draft.ts';
import { loadModel } from './load-model.ts';
import { pauseThread } from './pause-thread.ts';
import { ServingLoop } from './serving-loop.ts';
import { yieldCores } from './yield-cores.ts';

interface Serving {
  readonly model: Model;
  readonly computer: BatchComputer;
  readonly idleWork: readonly IdleWork[];
  readonly loop: ServingLoop;
  readonly embeddings: EmbeddingQueue;
}

/** GGML_LOG_LEVEL_ERROR. */
const engineErrorLevel = 4;

/** For prefixes, when a service manager ends everything at once. */
const signalledSaveMs = 1000;

/** A program that asks one question after the other is back before that, and finds its cells in place. */
const copyAfterMs = 250;
/** Whoever has just had an answer often asks again. */
const tuneAfterMs = 3000;

const parentPid = process.ppid;
let serving: Serving | undefined;
let stepScheduled = false;

function send(message: ChildMessage): void {
  process.send?.(message);
  if (serving !== undefined) yieldCores(message, serving.computer.threads);
}

function warn(text: string): void {
  send({ type: 'log', level: 'warn', text });
}

async function load(request: LoadRequest): Promise<void> {
  let engineError: string | undefined;
  try {
    const bindings = loadBindings(findLibraries(process.env['CORRAL_LIBRARY_DIR']));
    checkStructLayouts(bindings);
    let sizes = new BufferSizes();
    const logProto = koffi.proto('void corral_log(int level, const char *text, void *data)');
    const log = koffi.register((level: number, text: string) => {
      sizes.read(text);
      if (level === engineErrorLevel) engineError ??= text.trimEnd();
      send({ type: 'log', level: 'debug', text: text.trimEnd() });
    }, koffi.pointer(logProto));
    bindings.setLog(log, null);
    bindings.loadBackends(bindings.files.directory);
    bindings.backendInit();
    const { model, isSplit } = await loadModel(bindings, request, {
      progress: reportProgress,
      tell: warn,
      onSecondTry: () => {
        sizes = new BufferSizes();
        engineError = undefined;
      },
    });
    const modelSizes = sizes;
    sizes = new BufferSizes();
    const draft = loadDraft(bindings, request, model, reportProgress(), warn);
    const contexts = draft === undefined ? [model.context] : [model.context, draft.model.context];
    const pools = new Threadpools(bindings, contexts);
    const others = watchBusyCores() ?? (() => undefined);
    const freeCores = new FreeCores({ cores: availableParallelism(), others, pause: pauseThread });
    const computer = new BatchComputer(model, pools, freeCores, request.threads);
    const parts = { model, computer, load: isSplit ? withOwnPrefixes(request) : request, send };
    const loop = new ServingLoop({ ...parts, bindings, draftModel: draft?.draftModel });
    const tuning = new IdleTuning(request, {
      model,
      useThreads: (threads) => computer.useThreads(threads),
      promptTokensPerMs: () => loop.promptTokensPerMs,
      send,
    });
    // Worker threads may log while this thread is blocked in a step; from here on the engine writes to stderr itself.
    bindings.setLog(null, null);
    serving = {
      model,
      computer,
      idleWork: [
        new IdleWork({ quietMs: copyAfterMs, doPiece: () => loop.copyIdlePrefix() }),
        new IdleWork({ quietMs: tuneAfterMs, doPiece: () => tuning.measurePiece() }),
      ],
      loop,
      embeddings: new EmbeddingQueue(parts),
    };
    send({
      type: 'loaded',
      contextTokens: request.contextTokens,
      sequences: request.sequences,
      kvCells: model.contextLength,
      embeddingLength: model.embeddingLength,
      sizeBytes: modelSizes.totalBytes(isSplit) + sizes.totalBytes(false),
      vramBytes: modelSizes.deviceBytes + sizes.deviceBytes,
      engine: bindings.version(),
      splitWeights: isSplit,
    });
  } catch (thrown) {
    const { code, message, hint = '' } = toCorralError(thrown);
    const reason = engineReason(engineError, request.modelPath);
    const text = reason === undefined ? message : `${message}: ${reason}`;
    send({ type: 'load-failed', code: code === 'internal' ? 'load_failed' : code, message: text, hint });
  }
}

/** Cells that other kernels computed are not bit for bit the same. */
function withOwnPrefixes(request: LoadRequest): LoadRequest {
  const { prefixes } = request;
  return prefixes === undefined
    ? request
    : { ...request, prefixes: { ...prefixes, settings: [...prefixes.settings, 'split weights'] } };
}

/** The engine's first complaint, without the C function it comes from and without the file's path. */
function engineReason(line: string | undefined, modelPath: string): string | undefined {
  return line?.replace(/^[\w:]+: (?:error loading model: )?/, '').replaceAll(modelPath, 'the model file');
}

/** Reports a hundred times at most; false, which ends the load, once the server is gone. */
function reportProgress(): (fraction: number) => boolean {
  let reported = -1;
  return (fraction) => {
    const percent = Math.floor(fraction * 100);
    if (percent > reported) {
      reported = percent;
      send({ type: 'progress', fraction });
    }
    return process.ppid === parentPid;
  };
}

function receive(message: ParentMessage): void {
  if (message.type === 'load') {
    void load(message);
    return;
  }
  if (serving === undefined) return;
  const { model, loop, embeddings } = serving;
  switch (message.type) {
    case 'generate':
      loop.generate(message);
      break;
    case 'embed':
      embeddings.embed(message);
      break;
    case 'rerank':
      embeddings.rerank(message);
      break;
    case 'cancel':
      loop.cancel(message.id);
      embeddings.cancel(message.id);
      break;
    case 'tokenize': {
      const { addSpecial, parseSpecial = true, withPieces = false } = message;
      const tokens = message.texts.map((text) => model.vocabulary.tokenize(text, addSpecial, parseSpecial));
      const piece = (token: number) => model.vocabulary.piece(token, true).toString('base64');
      send({
        type: 'tokenized',
        id: message.id,
        tokens: message.countOnly ? [] : tokens.map((ids) => [...ids]),
        counts: tokens.map((ids) => ids.length),
        ...(withPieces && { pieces: tokens.map((ids) => Array.from(ids, piece)) }),
      });
      break;
    }
    case 'unload':
      end(message.mostMs);
      return;
    case 'detokenize':
      if (message.tokens.every((token) => model.vocabulary.has(token))) {
        send({ type: 'detokenized', id: message.id, text: model.vocabulary.detokenize(message.tokens) });
      } else {
        const text = 'the context holds tokens that this model does not have';
        send({ type: 'failed', id: message.id, code: 'bad_request', message: text });
      }
      break;
  }
  scheduleStep();
}

function end(saveForMs: number): never {
  serving?.loop.savePrefixes(saveForMs);
  process.exit(0);
}

function scheduleStep(): void {
  if (stepScheduled || serving === undefined) return;
  if (!serving.loop.hasWork && !serving.embeddings.hasWork) {
    serving.computer.rest();
    for (const work of serving.idleWork) work.resume();
    return;
  }
  for (const work of serving.idleWork) work.pause();
  stepScheduled = true;
  setImmediate(() => {
    stepScheduled = false;
    if (serving !== undefined) step(serving);
    scheduleStep();
  });
}

function step({ loop, embeddings }: Serving): void {
  if (embeddings.hasWork) embeddings.step();
  if (loop.hasWork) loop.step();
}

process.on('message', (message) => receive(message as ParentMessage));
process.on('disconnect', () => process.exit(0));
// A service manager signals the whole group: the server has told us to unload by then, or will have no time to.
process.on('SIGTERM', () => end(signalledSaveMs));
// The terminal's Ctrl+C goes to the whole process group; the server decides when its runners end.
process.on('SIGINT', () => {});
send({ type: 'ready' });
