/** What a jinja template's source tells about the model: Ollama's own rule, and the thinking tags of further families. */
import type { Capability } from './prompt-format.ts';

export interface TagPair {
  readonly open: string;
  readonly close: string;
}

/** Tags in use around a model's thinking; the first pair that a template holds whole is taken. */
const thinkingTags: readonly TagPair[] = [
  { open: '<think>', close: '</think>' },
  { open: '[THINK]', close: '[/THINK]' }, // Magistral
  { open: '<|START_THINKING|>', close: '<|END_THINKING|>' }, // Command A, Command R7B
  { open: '<seed:think>', close: '</seed:think>' }, // Seed-OSS
  { open: '<thinking>', close: '</thinking>' },
  { open: '<thought>', close: '</thought>' },
];

/** The tags that enclose thinking, or undefined when the template knows none. */
export function thinkingTagsOf(source: string): TagPair | undefined {
  const pair = thinkingTags.find(({ open, close }) => source.includes(open) && source.includes(close));
  if (pair !== undefined) return pair;
  // A template that only takes old thinking away still belongs to a model that thinks.
  const splits = /split\(\s*['"]<\/think>['"]/.test(source);
  return splits && !source.includes('reasoning_content') ? thinkingTags[0] : undefined;
}

export function jinjaCapabilities(source: string): Capability[] {
  const capabilities: Capability[] = [];
  if (source.includes('tools') || source.includes('tool_call')) capabilities.push('tools');
  if (thinkingTagsOf(source) !== undefined) capabilities.push('thinking');
  return capabilities;
}
