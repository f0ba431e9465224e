/**
 * Models that real Ollama made (source of 2026-08-21) of the starter models and of two small files, and what it stored for them: Corral
 * must store the same, byte for byte. Only a GGUF file itself differs, since Ollama passes it through llama.cpp's quantiser.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRequestSchema } from '../../src/api/ollama/create-request.ts';
import { parseWire } from '../../src/api/wire-schema.ts';
import { CorralError } from '../../src/core/corral-error.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { createQuantiser } from '../../src/engine/quantise-process.ts';
import { parseModelName } from '../../src/formats/model-name.ts';
import { createModel } from '../../src/usecases/create/create-model.ts';
import { adapterFile } from '../support/adapter-file.ts';
import { projectorFile } from '../support/projector-file.ts';
import { starterStore, type StarterStore } from '../support/starter-store.ts';

interface Recorded {
  readonly name: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly manifest?: string;
  readonly config?: string;
  readonly error?: string;
  readonly statuses: readonly string[];
}

const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/created-models.json', import.meta.url), 'utf8'),
) as readonly Recorded[];

/** What Ollama's rewriting made of the two starter files. */
const rewritten: Readonly<Record<string, string>> = {
  '941f309b54caaad6747569ba43712bcde44a2be3bae16c3282ff499c37c54af5':
    'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  dc4387e2242164a128615d99e9a0853f3765a6484534cff4c65c381a69234e60:
    'abeb1316372b0b6864ee420a39e7b261651687126a7a321114b7b1aafcd00601',
};

const program = fileURLToPath(new URL('../../dist/runner/quantise-main.js', import.meta.url));

let store: StarterStore;
beforeAll(async () => {
  store = await starterStore(createQuantiser({ logger: silentLogger, libraryDir: undefined, program }));
  await store.upload(adapterFile(0));
  await store.upload(projectorFile());
});
afterAll(() => store.remove());

interface Made {
  readonly statuses: readonly string[];
  readonly error: CorralError | undefined;
}

async function make({ name, request }: Recorded): Promise<Made> {
  const order = parseWire(createRequestSchema, { model: modelOf(name), ...request });
  const statuses: string[] = [];
  try {
    for await (const { status } of createModel(order, store.parts, new AbortController().signal)) statuses.push(status);
    return { statuses, error: undefined };
  } catch (thrown) {
    if (!(thrown instanceof CorralError)) throw thrown;
    return { statuses, error: thrown };
  }
}

const modelOf = (name: string) => name.replaceAll(' ', '-');

// In the order of the recording: some begin with models that were made before.
describe('a model as Ollama makes it', () => {
  const cases = recorded.filter(({ manifest }) => manifest !== undefined);
  test.each(cases.map((one) => [one.name, one] as const))('%s', async (name, one) => {
    const { statuses, error } = await make(one);
    expect(error).toBeUndefined();
    const stored = await store.parts.manifests.read(parseModelName(modelOf(name)));
    expect(Buffer.from(stored?.bytes ?? []).toString()).toBe(asImported(one.manifest ?? ''));
    const config = stored?.manifest.config.digest;
    expect(config && readFileSync(store.parts.blobs.path(config), 'utf8')).toBe(one.config);
    expect(comparable(statuses)).toEqual(comparable(one.statuses));
  });
});

describe('a request as Ollama refuses it', () => {
  const cases = recorded.filter(({ error }) => error !== undefined);
  test.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const { statuses, error } = await make(one);
    // After the first line of the stream the status is out already.
    const status = statuses.length > 0 ? 200 : error?.status;
    expect({ status, error: error?.message }).toEqual({ status: one.status, error: one.error });
  });
});

function asImported(manifest: string): string {
  return manifest.replace(/[0-9a-f]{64}/g, (hex) => rewritten[hex] ?? hex);
}

/** Whether a layer is new depends on what was made before; whether a file is rewritten, and how that is told, is Corral's own affair. */
function comparable(statuses: readonly string[]): string[] {
  return statuses
    .filter((status) => !/^(quantizing|validating|verifying)/.test(status))
    .map((status) => status.replace(/^(using existing|creating new) layer .*/, 'layer'));
}
