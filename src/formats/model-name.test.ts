import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  displayName,
  fullName,
  manifestPathParts,
  nameOfManifestPath,
  parseModelName,
  sameModelName,
  tryParseModelName,
} from './model-name.ts';

const part80 = 'a'.repeat(80);
const host350 = 'h'.repeat(350);

describe('a model name', () => {
  const valid: [text: string, full: string, display: string][] = [
    ['smollm2', 'registry.ollama.ai/library/smollm2:latest', 'smollm2:latest'],
    ['smollm2:135m', 'registry.ollama.ai/library/smollm2:135m', 'smollm2:135m'],
    ['someone/model', 'registry.ollama.ai/someone/model:latest', 'someone/model:latest'],
    ['hf.co/user/Repo-GGUF:Q4_K_M', 'hf.co/user/Repo-GGUF:Q4_K_M', 'hf.co/user/Repo-GGUF:Q4_K_M'],
    ['localhost:5000/team/model:v1.2', 'localhost:5000/team/model:v1.2', 'localhost:5000/team/model:v1.2'],
    ['http://host:80/ns/m', 'host:80/ns/m:latest', 'host:80/ns/m:latest'],
    ['Registry.Ollama.AI/LIBRARY/x', 'Registry.Ollama.AI/LIBRARY/x:latest', 'x:latest'],
    ['registry.ollama.ai/me/x', 'registry.ollama.ai/me/x:latest', 'me/x:latest'],
    ['_a:_', 'registry.ollama.ai/library/_a:_', '_a:_'],
    ['q:local', 'registry.ollama.ai/library/q:local', 'q:local'],
    [
      `${host350}/${part80}/${part80}:${part80}`,
      `${host350}/${part80}/${part80}:${part80}`,
      `${host350}/${part80}/${part80}:${part80}`,
    ],
  ];
  it.each(valid)('%s is read', (text, full, display) => {
    const name = parseModelName(text);
    expect(fullName(name)).toBe(full);
    expect(displayName(name)).toBe(display);
  });

  it('keeps the scheme it was given, https otherwise', () => {
    expect(parseModelName('http://h/n/m').scheme).toBe('http');
    expect(parseModelName('https://h/n/m').scheme).toBe('https');
    expect(parseModelName('h/n/m').scheme).toBe('https');
  });

  const invalid = [
    '',
    ' ',
    ':',
    '/',
    'm:',
    ':t',
    '/m',
    'm/',
    '//m',
    'n//m',
    'a/b/c/d',
    '..',
    '../m',
    '../../m',
    'a/../m',
    '.hidden',
    '-m',
    'm:-t',
    'm:.',
    'm:..',
    'a:b:c',
    'my.ns/m',
    'ns:1/m',
    'm n',
    ' m',
    'm\n',
    'm\0',
    'm\\n',
    'm?x',
    'm%2f',
    'm@sha256:00',
    'm+q4',
    'modèle',
    '모델',
    'ftp://h/n/m',
    '://h/n/m',
    'http://m',
    'http://n/m',
    'http:///n/m',
    `${part80}a`,
    `m:${part80}a`,
    `${part80}a/m`,
    `${host350}h/n/m`,
    'x'.repeat(1_000_000),
  ];
  it.each(invalid)('%j is refused', (text) => {
    expect(tryParseModelName(text)).toBeUndefined();
    expect(() => parseModelName(text)).toThrow(
      expect.objectContaining({ code: 'invalid_model_name', status: 400, message: 'invalid model name' }),
    );
  });

  it('is the same name whatever the case or the scheme', () => {
    expect(
      sameModelName(parseModelName('SmolLM2:135M'), parseModelName('http://registry.ollama.ai/library/smollm2:135m')),
    ).toBe(true);
    expect(sameModelName(parseModelName('a:b'), parseModelName('a:c'))).toBe(false);
  });

  const first = fc.constantFrom(...'abzABZ019_'.split(''));
  const rest = (extra: string) =>
    fc.string({ unit: fc.constantFrom(...`abzABZ019_-${extra}`.split('')), maxLength: 20 });
  const anyPart = (extra: string) => fc.tuple(first, rest(extra)).map(([head, tail]) => head + tail);
  const anyParts = fc.tuple(anyPart('.:'), anyPart(''), anyPart('.'), anyPart('.'));

  it('survives being shown and read again', () => {
    fc.assert(
      fc.property(anyParts, ([host, namespace, model, tag]) => {
        const name = parseModelName(`${host}/${namespace}/${model}:${tag}`);
        expect(name).toEqual({ scheme: 'https', host, namespace, model, tag });
        expect(parseModelName(fullName(name))).toEqual(name);
        expect(sameModelName(parseModelName(displayName(name)), name)).toBe(true);
        expect(nameOfManifestPath(manifestPathParts(name))).toEqual(name);
      }),
    );
  });

  it('is a path of four plain file names, or none, for any text', () => {
    const nasty = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('.', '/', ':', 'a', '\\', '\0', '-') }));
    fc.assert(
      fc.property(nasty, (text) => {
        const name = tryParseModelName(text);
        const parts = name === undefined ? [] : manifestPathParts(name);
        expect(parts.every((part) => /^\w[\w.:-]*$/.test(part))).toBe(true);
      }),
    );
  });
});
