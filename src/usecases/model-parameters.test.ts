import { expect, it } from 'vitest';
import { parameterInstructions, parametersText } from './model-parameters.ts';

const params = { stop: ['<|im_end|>', 'a "b"\n'], temperature: 0.7, num_ctx: 4096, use_mmap: true, min_p: 0.00005 };

it('shows a line for every value', () => {
  expect(parametersText(params).split('\n')).toEqual([
    'stop                           "<|im_end|>"',
    String.raw`stop                           "a \"b\"\n"`,
    'temperature                    0.7',
    'num_ctx                        4096',
    'use_mmap                       true',
    'min_p                          5e-05',
  ]);
});

it('gives texts as they are to a Modelfile', () => {
  expect(parameterInstructions(params).slice(0, 3)).toEqual([
    ['stop', '<|im_end|>'],
    ['stop', 'a "b"\n'],
    ['temperature', '0.7'],
  ]);
});

it('writes whole numbers so that they can be read again', () => {
  expect(parameterInstructions({ num_ctx: 1_048_576, top_p: 5e-5 })).toEqual([
    ['num_ctx', '1048576'],
    ['top_p', '5e-05'],
  ]);
});
