import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseModelReference } from './model-reference.ts';

describe('parseModelReference', () => {
  const references: [text: string, base: string, source: string][] = [
    ['qwen3', 'qwen3', 'unspecified'],
    ['qwen3:8b', 'qwen3:8b', 'unspecified'],
    ['qwen3:local', 'qwen3', 'local'],
    ['qwen3:8b:local', 'qwen3:8b', 'local'],
    ['qwen3:8b:LOCAL', 'qwen3:8b', 'local'],
    ['qwen3:cloud', 'qwen3', 'cloud'],
    ['qwen3:8b-cloud', 'qwen3:8b', 'cloud'],
    ['qwen3:8b-CLOUD', 'qwen3:8b', 'cloud'],
    ['qwen3-cloud', 'qwen3-cloud', 'unspecified'],
    ['host:80/my-cloud', 'host:80/my-cloud', 'unspecified'],
    ['host:80/ns/m:8b-cloud', 'host:80/ns/m:8b', 'cloud'],
    ['local', 'local', 'unspecified'],
    [' qwen3:8b ', 'qwen3:8b', 'unspecified'],
    ['qwen3: local ', 'qwen3', 'local'],
    ['', '', 'unspecified'],
  ];
  it.each(references)('%j has base %j and source %s', (text, base, source) => {
    expect(parseModelReference(text)).toEqual({ base, source });
  });

  it.each(['m:local:cloud', 'm:cloud:local', 'm:8b-cloud:local', 'm:local:local', 'm:8b-cloud:cloud'])(
    '%s is refused for its two suffixes',
    (text) => {
      expect(() => parseModelReference(text)).toThrow(
        expect.objectContaining({
          code: 'bad_request',
          status: 400,
          message: `use either :local or :cloud, not both: "${text}"`,
        }),
      );
    },
  );

  it('leaves any text without a colon as it is, but for blanks around it', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes(':')),
        (text) => {
          expect(parseModelReference(text)).toEqual({ base: text.trim(), source: 'unspecified' });
        },
      ),
    );
  });
});
