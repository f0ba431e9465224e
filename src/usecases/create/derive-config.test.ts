import { describe, expect, test } from 'vitest';
import { memorySource, value } from '../../../test/support/gguf-writer.ts';
import { tinyModel } from '../../../test/support/tiny-model.ts';
import { createRequestSchema } from '../../api/ollama/create-request.ts';
import { parseWire } from '../../api/wire-schema.ts';
import { readGguf } from '../../formats/gguf/read-gguf.ts';
import { layerMediaType, type ModelConfig } from '../../formats/model-manifest.ts';
import { deriveConfig } from './derive-config.ts';
import type { ModelLayer } from './model-layer.ts';

const requested = (fields: object = {}) => parseWire(createRequestSchema, fields);

async function weights(architecture: string, mediaType: string = layerMediaType.model): Promise<ModelLayer> {
  const file = tinyModel({ metadata: { 'general.architecture': value.text(architecture) } });
  const gguf = await readGguf(memorySource(file), { arrays: 'skip' });
  return { mediaType, blob: { digest: `sha256:${'0'.repeat(64)}`, sizeBytes: file.length }, gguf };
}

const base: ModelConfig = {
  modelFormat: 'gguf',
  modelFamily: 'old',
  modelFamilies: ['old'],
  modelType: '1B',
  fileType: 'Q8_0',
  renderer: 'qwen3',
  requires: '0.1.0',
  capabilities: ['vision'],
  contextLength: 5,
  baseName: 'old',
};

const ofWeights: ModelConfig = {
  modelFormat: 'gguf',
  modelFamily: 'llama',
  modelFamilies: ['llama'],
  modelType: '2.66M',
  fileType: 'F16',
};

describe('the config of a new model', () => {
  test('tells what the weights are', async () => {
    const { config, parameters } = deriveConfig(undefined, requested(), [await weights('llama')]);
    expect(config).toEqual(ofWeights);
    expect(parameters).toEqual({});
  });

  test('takes over from its base how prompts are made and what it can do, and nothing else', async () => {
    const { config } = deriveConfig(base, requested({ parser: 'mine' }), [await weights('llama')]);
    expect(config).toEqual({
      ...ofWeights,
      renderer: 'qwen3',
      parser: 'mine',
      requires: '0.1.0',
      capabilities: ['vision'],
    });
  });

  test.each([
    ['gemma4', 'gemma4', { stop: ['<turn|>'] }],
    ['laguna', 'laguna', {}],
    ['nemotron_h_moe', 'nemotron-3-nano', {}],
  ])('%s has prompts of its own kind', async (architecture, format, parameters) => {
    const derived = deriveConfig(undefined, requested(), [await weights(architecture)]);
    expect(derived).toMatchObject({ config: { renderer: format, parser: format }, parameters });
    const told = deriveConfig(undefined, requested({ renderer: 'a', parser: 'b' }), [await weights(architecture)]);
    expect(told).toMatchObject({ config: { renderer: 'a', parser: 'b' }, parameters: {} });
  });

  test('names the draft that it carries along', async () => {
    const layers = [await weights('llama'), await weights('eagle', layerMediaType.draft)];
    expect(deriveConfig(base, requested(), layers).config).toMatchObject({
      modelFamilies: ['llama'],
      draft: { modelFormat: 'gguf', architecture: 'eagle' },
    });
  });
});
