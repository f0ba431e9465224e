import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseManifest, parseModelConfig } from './model-manifest.ts';
import { printManifest, printModelConfig } from './print-manifest.ts';

const starter = new URL('../../starter/', import.meta.url);

describe('manifests and configs that Ollama wrote', () => {
  test.each(['smollm2/135m', 'all-minilm/latest'])('%s is printed as it was', (name) => {
    const bytes = readFileSync(new URL(`manifests/registry.ollama.ai/library/${name}`, starter));
    const manifest = parseManifest(bytes);
    expect(Buffer.from(printManifest(manifest)).toString()).toBe(bytes.toString());
    const config = readFileSync(new URL(`blobs/${manifest.config.digest.replace(':', '-')}`, starter));
    expect(printModelConfig(parseModelConfig(config))).toBe(config.toString());
  });
});

test('every field has its place', () => {
  const digest = `sha256:${'0'.repeat(64)}` as const;
  const layer = { mediaType: 'a', digest, sizeBytes: 1, from: 'b', name: 'c' };
  const plain = { mediaType: 'a', digest, sizeBytes: 1, from: undefined };
  const text = Buffer.from(printManifest({ config: plain, layers: [layer] })).toString();
  expect(text).toBe(
    `{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",` +
      `"config":{"mediaType":"a","digest":"${digest}","size":1},` +
      `"layers":[{"mediaType":"a","digest":"${digest}","size":1,"from":"b","name":"c"}]}\n`,
  );
  expect(parseManifest(Buffer.from(text))).toEqual({ config: plain, layers: [layer] });
});

test('a model without layers and families has null for them, as Go writes it', () => {
  const digest = `sha256:${'0'.repeat(64)}` as const;
  const config = { mediaType: 'a', digest, sizeBytes: 1, from: undefined };
  expect(Buffer.from(printManifest({ config, layers: [] })).toString()).toContain('"layers":null');
  const empty = { modelFormat: '', modelFamily: '', modelFamilies: [], modelType: '', fileType: '' };
  expect(printModelConfig(empty)).toBe(
    '{"model_format":"","model_family":"","model_families":null,"model_type":"","file_type":"","architecture":"amd64","os":"linux"}\n',
  );
});
