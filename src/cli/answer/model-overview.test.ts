import { describe, expect, test } from 'vitest';
import { modelOverview } from './model-overview.ts';

const reply = {
  details: { family: 'llama', parameter_size: '134.52M', quantization_level: 'Q4_1' },
  model_info: {
    'general.architecture': 'llama',
    'llama.context_length': 8192,
    'llama.embedding_length': 576,
    'tokenizer.ggml.tokens': ['a', 'b', 'c', 'd', 'e'],
  },
  tensors: [{ name: 'output_norm.weight', type: 'F32', shape: [576] }],
  capabilities: ['completion'],
  parameters: 'stop                           "<|im_start|>"\ntemperature                    0.5',
  system: 'line one\n\nline two\nline three',
  license: 'Apache',
};

describe('model overview', () => {
  test('shows a section for each thing the model has', () => {
    expect(modelOverview(reply, false)).toBe(
      [
        '  Model',
        '    architecture        llama',
        '    parameters          134.52M',
        '    context length      8192',
        '    embedding length    576',
        '    quantization        Q4_1',
        '',
        '  Capabilities',
        '    completion',
        '',
        '  Parameters',
        '    stop           "<|im_start|>"',
        '    temperature    0.5',
        '',
        '  System',
        '    line one',
        '    line two',
        '    ...',
        '',
        '  License',
        '    Apache',
        '',
        '',
      ].join('\n'),
    );
  });

  test('verbose adds metadata, long lists shortened, and tensors', () => {
    expect(modelOverview(reply, true)).toContain('    tokenizer.ggml.tokens     [a b c ...+2 more]\n');
    expect(modelOverview(reply, true)).toContain('  Tensors\n    output_norm.weight    F32    [576]\n');
  });

  test('a reply without anything shows nothing', () => {
    expect(modelOverview({}, true)).toBe('');
  });
});
