/** For tests: what use cases work with, over a temporary store and a scripted runner. */
import { readSettings } from '../config/read-settings.ts';
import { silentLogger } from '../core/logger.ts';
import { createRegistryClient } from '../registry/registry-client.ts';
import { noQuantiser } from './test-quantiser.ts';
import { scriptedPool, type ScriptedRunner } from './test-runner.ts';
import type { TemporaryStore } from './test-store.ts';
import type { UseCaseParts } from './use-case-parts.ts';

export function testParts(
  { store, blobs, manifests }: TemporaryStore,
  runner: ScriptedRunner,
  environment: Readonly<Record<string, string>> = {},
): UseCaseParts {
  const { settings } = readSettings(environment, '/nonexistent');
  return {
    store,
    blobs,
    manifests,
    pool: scriptedPool(runner),
    quantise: noQuantiser,
    settings,
    logger: silentLogger,
    registry: createRegistryClient(settings, '9.9.9'),
  };
}
