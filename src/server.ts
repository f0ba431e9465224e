/** The server, put together: store, pool, use cases and routes, from the first log line to the last runner's end. */
import path from 'node:path';
import { formatHostAddress } from './config/host-address.ts';
import type { Settings } from './config/settings.ts';
import { toCorralError } from './core/corral-error.ts';
import { createLogger, type Logger } from './core/logger.ts';
import { computeThreads } from './engine/cpu-threads.ts';
import { createQuantiser } from './engine/quantise-process.ts';
import { prefixStore } from './engine/prefix-store.ts';
import { readPrefixKey } from './engine/read-prefix-key.ts';
import { startRunner } from './engine/runner-process.ts';
import type { Tuning } from './engine/runner-protocol.ts';
import { threadChoices } from './engine/thread-choices.ts';
import { openTuningRecord } from './engine/tuning-record.ts';
import type { Gguf } from './formats/gguf/gguf.ts';
import { createHttpServer } from './http/create-http-server.ts';
import { listen } from './http/listen.ts';
import { countRequests, type RequestCount } from './http/request-count.ts';
import { createRegistryClient } from './registry/registry-client.ts';
import { createModelPool } from './scheduler/create-model-pool.ts';
import type { ModelPool } from './scheduler/model-pool.ts';
import { planLoad } from './scheduler/plan-load.ts';
import { cleanStore } from './store/clean-store.ts';
import { createBlobStore } from './store/create-blob-store.ts';
import { createManifestStore } from './store/create-manifest-store.ts';
import { installStarterModels } from './store/install-starter-models.ts';
import { openModelStore } from './store/model-store.ts';
import type { ModelStore, StoredModel } from './store/stored-model.ts';

export interface ServeInput {
  readonly settings: Settings;
  readonly warnings: readonly string[];
  readonly version: string;
  /** The package's models, laid out as a store. */
  readonly starterDir: string;
  /** End once no model is left and nobody asks. */
  readonly exitWhenIdle: boolean;
}

/** The level of Ollama's API that is implemented; see docs/decisions/0003. */
const apiLevel = '0.30.0';

/**
 * How long a background server without any model stays: long enough for the command that started it, or a person between
 * two commands.
 */
const idleWithoutModelMs = 20_000;
const idleCheckMs = 1000;

/** Serves until a signal or, with `exitWhenIdle`, until nobody needs it. Throws where it can't start. */
export async function serve({ settings, warnings, version, starterDir, exitWhenIdle }: ServeInput): Promise<number> {
  const logger = createLogger(settings.logLevel, (line) => process.stderr.write(line));
  // Whoever reads the log may go away before the server does.
  process.stderr.on('error', () => {});
  for (const warning of warnings) logger.warn(warning);
  const { modelsDir, noPrune } = settings;
  const store = openModelStore({ modelsDir, logger });
  const blobs = createBlobStore({ modelsDir, logger });
  const manifests = createManifestStore({ modelsDir, blobs, noPrune, logger });
  const machineThreads = computeThreads();
  const prefixKey = settings.prefixKeyFile === undefined ? undefined : await readPrefixKey(settings.prefixKeyFile);
  const tuning = openTuningRecord(path.join(settings.homeDir, 'corral-tuning.json'));
  const pool = createModelPool({
    settings,
    logger,
    async planLoad(model, options, { freeBytes }) {
      const header = await store.header(model);
      const draftHeader = settings.speculation ? await readDraft(store, model, logger) : undefined;
      return planLoad({ model, header, draftHeader, options, settings, machineThreads, freeBytes });
    },
    startRunner(load, wait) {
      const { libraryDir, gpuEnvironment } = settings;
      const prefixes = prefixStore(settings, prefixKey, load);
      // Who names a number gets it; otherwise what was found out before, or it is found out now.
      const choices =
        load.threads === machineThreads && settings.threads === 0 ? threadChoices(machineThreads) : [load.threads];
      const tuned = tuning.find(load.modelPath, choices);
      const onTuned = (found: Tuning) => tuning.keep(load.modelPath, choices, found);
      const request = {
        ...load,
        ...(prefixes && { prefixes }),
        ...(tuned === undefined ? { threadChoices: choices } : tuned),
      };
      return startRunner(request, { ...wait, onTuned }, { logger, libraryDir, gpuEnvironment });
    },
  });
  const apiVersion = `${apiLevel}+corral.${version}`;
  const registry = createRegistryClient(settings, apiVersion);
  const http = createHttpServer({
    store,
    blobs,
    manifests,
    registry,
    quantise: createQuantiser({ logger, libraryDir: settings.libraryDir, threads: settings.threads || machineThreads }),
    pool,
    settings,
    logger,
    version: apiVersion,
  });
  const requests = countRequests(http.server);
  await cleanStore({ modelsDir, noPrune, logger });
  await installStarters(starterDir, modelsDir, logger);
  await listen(http, settings.host);
  logger.info(`Corral ${version} listens on ${formatHostAddress(settings.host)}`, {
    threads: machineThreads,
  });
  const reason = await ending(requests, pool, exitWhenIdle);
  logger.info('shutting down', { reason });
  await Promise.all([http.close(), pool.close()]);
  await registry.close();
  return 0;
}

/** A draft only saves time: without it, or with a damaged one, the model answers the same. */
async function readDraft(store: ModelStore, model: StoredModel, logger: Logger): Promise<Gguf | undefined> {
  try {
    return await store.draftHeader(model);
  } catch (thrown) {
    logger.warn(`the draft model is not used: ${toCorralError(thrown).message}`, { model: model.name.model });
    return undefined;
  }
}

/** A store that can't take them still serves what it holds. */
async function installStarters(starterDir: string, modelsDir: string, logger: Logger): Promise<void> {
  try {
    await installStarterModels({ starterDir, modelsDir, logger });
  } catch (thrown) {
    const { message, hint } = toCorralError(thrown);
    logger.warn(`the starter models are not installed: ${message}`, { hint });
  }
}

/** Resolves with the reason to end. A second signal ends the process at once, should the orderly way hang. */
function ending(requests: RequestCount, pool: ModelPool, exitWhenIdle: boolean): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
    if (!exitWhenIdle) return;
    const endIfUnused = (quietMs: number) => {
      const quiet = requests.open === 0 && performance.now() - requests.quietSinceMs >= quietMs;
      if (quiet && pool.resident().length === 0) resolve('idle');
    };
    // Its last model has expired: this is what it was started for.
    pool.onEmpty(() => endIfUnused(0));
    // No model was ever asked for, or a load failed.
    setInterval(() => endIfUnused(idleWithoutModelMs), idleCheckMs).unref();
  });
}
