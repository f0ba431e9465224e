import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CorralError } from '../core/corral-error.ts';
import { maxConfigBytes, maxManifestBytes, parseManifest, parseModelConfig } from './model-manifest.ts';

const bytesOf = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const layer = { mediaType: 'application/vnd.ollama.image.model', digest: digest('a'), size: 5 };
const config = { mediaType: 'application/vnd.docker.container.image.v1+json', digest: digest('b'), size: 7 };

describe('parseManifest', () => {
  it('reads what Ollama writes', () => {
    const written = {
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config,
      layers: [layer, { ...layer, digest: digest('c').replace(':', '-'), from: 'smollm2:135m', name: 'x' }],
    };
    expect(parseManifest(bytesOf(JSON.stringify(written) + '\n'))).toEqual({
      config: { mediaType: config.mediaType, digest: digest('b'), sizeBytes: 7, from: undefined },
      layers: [
        { mediaType: layer.mediaType, digest: digest('a'), sizeBytes: 5, from: undefined },
        { mediaType: layer.mediaType, digest: digest('c'), sizeBytes: 5, from: 'smollm2:135m', name: 'x' },
      ],
    });
  });

  it('reads a manifest without layers, which Go writes as null', () => {
    expect(parseManifest(bytesOf({ config, layers: null })).layers).toEqual([]);
    expect(parseManifest(bytesOf({ config })).layers).toEqual([]);
  });

  const broken: [what: string, value: unknown, message: string][] = [
    ['an empty file', '', 'invalid manifest: not JSON'],
    ['half a file', JSON.stringify({ config, layers: [layer] }).slice(0, -9), 'invalid manifest: not JSON'],
    ['a list', [], 'invalid manifest: Invalid input: expected object, received array'],
    ['no config', { layers: [layer] }, 'invalid manifest: config: Invalid input: expected object, received undefined'],
    [
      'a digest that is a path',
      { config: { ...config, digest: '../../etc/passwd' } },
      'invalid manifest: config.digest: not a sha256 digest',
    ],
    [
      'a negative size',
      { config, layers: [{ ...layer, size: -1 }] },
      'invalid manifest: layers.0.size: Too small: expected number to be >=0',
    ],
    [
      'layers that are text',
      { config, layers: 'x' },
      'invalid manifest: layers: Invalid input: expected array, received string',
    ],
    ['too many bytes', ' '.repeat(maxManifestBytes + 1), `invalid manifest: larger than ${maxManifestBytes} bytes`],
  ];
  it.each(broken)('%s is refused', (_what, value, message) => {
    expect(() => parseManifest(bytesOf(value))).toThrow(expect.objectContaining({ code: 'store_read', message }));
  });
});

describe('parseModelConfig', () => {
  it('reads what Ollama writes', () => {
    const written =
      '{"model_format":"gguf","model_family":"llama","model_families":["llama"],"model_type":"134.52M","file_type":"Q4_1","architecture":"amd64","os":"linux"}\n';
    expect(parseModelConfig(bytesOf(written))).toEqual({
      modelFormat: 'gguf',
      modelFamily: 'llama',
      modelFamilies: ['llama'],
      modelType: '134.52M',
      fileType: 'Q4_1',
    });
  });

  it('reads every optional field', () => {
    const written = {
      model_format: 'gguf',
      renderer: 'r',
      parser: 'p',
      requires: '0.9',
      capabilities: ['tools'],
      context_length: 4096,
      embedding_length: 576,
      remote_host: 'h',
      remote_model: 'm',
      draft: { model_format: 'gguf' },
      base_name: 'later versions may say more',
    };
    expect(parseModelConfig(bytesOf(written))).toEqual({
      modelFormat: 'gguf',
      modelFamily: '',
      modelFamilies: [],
      modelType: '',
      fileType: '',
      renderer: 'r',
      parser: 'p',
      requires: '0.9',
      capabilities: ['tools'],
      contextLength: 4096,
      embeddingLength: 576,
      remoteHost: 'h',
      remoteModel: 'm',
    });
  });

  it('leaves out what is empty, null or zero', () => {
    const empty = parseModelConfig(
      bytesOf({ renderer: '', model_families: null, capabilities: [], context_length: 0 }),
    );
    expect(Object.keys(empty)).toEqual(['modelFormat', 'modelFamily', 'modelFamilies', 'modelType', 'fileType']);
  });

  it.each([
    ['a number for a family', { model_family: 3 }],
    ['text for a length', { context_length: '4096' }],
    ['null', null],
    ['too many bytes', ' '.repeat(maxConfigBytes + 1)],
  ])('%s is refused', (_what, value) => {
    expect(() => parseModelConfig(bytesOf(value))).toThrow(expect.objectContaining({ code: 'store_read' }));
  });
});

function faultOf(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('either parser', () => {
  it.each([parseManifest, parseModelConfig])('gives a value or the typed error for any bytes (%o)', (parse) => {
    const key = fc.constantFrom(
      'config',
      'layers',
      'digest',
      'size',
      'mediaType',
      'model_family',
      'capabilities',
      '__proto__',
    );
    const documents = fc.oneof(
      fc.uint8Array(),
      fc.json().map(bytesOf),
      fc.dictionary(key, fc.jsonValue()).map(bytesOf),
    );
    fc.assert(
      fc.property(documents, (bytes) => {
        const fault = faultOf(() => parse(bytes));
        expect(fault === undefined || fault instanceof CorralError).toBe(true);
      }),
    );
  });
});
