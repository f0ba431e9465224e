/** Which shape a template's model writes its calls in, told by the markers in the template's source. */
import { bareJsonShape } from './bare-json-shape.ts';
import { deepseekShape } from './deepseek-shape.ts';
import { glmShape } from './glm-shape.ts';
import { mistralShape } from './mistral-shape.ts';
import { createTaggedJsonShape } from './tagged-json-shape.ts';
import type { ToolCallShape } from './tool-call-shape.ts';
import { xmlParameterShape } from './xml-parameter-shape.ts';

/** In order: a later marker may also occur in the template of an earlier shape. */
const shapes: readonly (readonly [marker: string, shape: ToolCallShape])[] = [
  ['<｜tool▁call', deepseekShape],
  ['<arg_key>', glmShape],
  ['<function=', xmlParameterShape],
  ['<tool_call>', createTaggedJsonShape({ open: '<tool_call>', close: '</tool_call>', layout: 'single' })], // Hermes, Qwen 2.5 and 3
  ['[TOOL_CALLS]', mistralShape],
  ['<|START_ACTION|>', createTaggedJsonShape({ open: '<|START_ACTION|>', close: '<|END_ACTION|>', layout: 'list' })], // Command R7B
  [
    '<|tool_call_start|>',
    createTaggedJsonShape({ open: '<|tool_call_start|>', close: '<|tool_call_end|>', layout: 'either' }),
  ], // LFM2
  ['<|/tool_call|>', createTaggedJsonShape({ open: '<|tool_call|>', close: '<|/tool_call|>', layout: 'list' })], // Phi-4-mini
  ['<|tool_call|>', createTaggedJsonShape({ open: '<|tool_call|>', close: '', layout: 'list' })], // Granite 3
  ['<tool_calls>', createTaggedJsonShape({ open: '<tool_calls>', close: '</tool_calls>', layout: 'list' })],
  ['functools[', createTaggedJsonShape({ open: 'functools', close: '', layout: 'list' })], // Firefunction, Phi-4
];

/** Always a shape: a template without a known marker gets Llama's bare JSON, which only declared tools can trigger. */
export function chooseToolCallShape(source: string): ToolCallShape {
  return shapes.find(([marker]) => source.includes(marker))?.[1] ?? bareJsonShape;
}
