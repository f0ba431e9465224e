/**
 * The items of a response's input, in the one form in which they are also kept and listed: content as a list of parts, whatever the
 * client wrote. What a model answers (`reasoning`, `message`, `function_call`) is accepted back as it went out.
 */
import { z } from 'zod';
import { goObject } from '../wire-schema.ts';
import { byType, stringOr } from './by-type.ts';
import { imageDataUriField } from './image-data-uri.ts';

const textPart = goObject({ text: z.string() });
const inputText = textPart.transform(({ text }) => ({ type: 'input_text' as const, text }));
const outputText = textPart.transform(({ text }) => outputTextPart(text));
const refusal = goObject({ refusal: z.string() }).transform((part) => ({
  type: 'refusal' as const,
  refusal: part.refusal,
}));
const inputImage = goObject({
  image_url: imageDataUriField,
  detail: z.string().default('auto'),
  file_id: z
    .custom<undefined>((id) => id === undefined, 'files are not kept here; send a data URI in image_url')
    .optional(),
}).transform(({ image_url, detail }) => ({ type: 'input_image' as const, image_url, detail }));

const isNoContent = { refusal: 'is not supported as content' };
const contentPart = byType(
  { input_text: inputText, text: inputText, output_text: outputText, refusal, input_image: inputImage },
  isNoContent,
);
const outputPart = byType({ input_text: inputText, input_image: inputImage }, isNoContent);

export interface OutputTextPart {
  readonly type: 'output_text';
  readonly text: string;
  readonly annotations: readonly never[];
  readonly logprobs: readonly object[];
}

export function outputTextPart(text: string, logprobs: readonly object[] = []): OutputTextPart {
  return { type: 'output_text', text, annotations: [], logprobs };
}

const idField = z.string().optional();
export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';
// Whatever a client says: it has the item, so it is finished.
const status = 'completed' as ItemStatus;

const message = goObject({
  id: idField,
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: stringOr(z.array(contentPart)),
}).transform(({ id, role, content }) => {
  const asPart = role === 'assistant' ? outputTextPart : (text: string) => ({ type: 'input_text' as const, text });
  return {
    type: 'message' as const,
    id,
    role,
    status,
    content: typeof content === 'string' ? [asPart(content)] : content,
  };
});

const functionCall = goObject({
  id: idField,
  call_id: z.string(),
  name: z.string().min(1),
  namespace: z.string().optional(),
  arguments: z.string().superRefine((text, context) => {
    if (!isObjectText(text)) context.addIssue({ code: 'custom', message: 'it is not the JSON text of an object' });
  }),
}).transform(({ namespace, ...call }) => ({
  ...call,
  ...(namespace !== undefined && { namespace }),
  type: 'function_call' as const,
  status,
}));

const functionCallOutput = goObject({
  id: idField,
  call_id: z.string(),
  output: stringOr(z.array(outputPart)),
}).transform((item) => ({ ...item, type: 'function_call_output' as const, status }));

const reasoningText = z.array(goObject({ text: z.string() }));
const reasoning = goObject({
  id: idField,
  summary: reasoningText.default([]),
  content: reasoningText.default([]),
  encrypted_content: z.string().optional(),
}).transform(({ id, summary, content, encrypted_content }) => ({
  type: 'reasoning' as const,
  id,
  summary: summary.map(({ text }) => ({ type: 'summary_text' as const, text })),
  ...(content.length > 0 && { content: content.map(({ text }) => ({ type: 'reasoning_text' as const, text })) }),
  encrypted_content: encrypted_content ?? null,
}));

/** That another server searched the web. It holds nothing a model could read: what was found stands in the message behind it. */
const webSearchCall = goObject({ id: idField, action: z.unknown().optional() }).transform(({ id, action }) => ({
  type: 'web_search_call' as const,
  id,
  status,
  ...(action !== undefined && { action }),
}));

const itemReference = goObject({ id: z.string() }).transform(({ id }) => ({ type: 'item_reference' as const, id }));

export const inputItem = byType(
  {
    message,
    function_call: functionCall,
    function_call_output: functionCallOutput,
    reasoning,
    web_search_call: webSearchCall,
    item_reference: itemReference,
  },
  { untyped: 'message', refusal: 'is not supported as input' },
);

export type WireItem = z.output<typeof inputItem>;
/** An item once references are resolved. */
export type InputItem = Exclude<WireItem, { readonly type: 'item_reference' }>;
export type MessageItem = Extract<WireItem, { readonly type: 'message' }>;
export type FunctionCallItem = Extract<WireItem, { readonly type: 'function_call' }>;
export type ReasoningItem = Extract<WireItem, { readonly type: 'reasoning' }>;
export type ToolOutputItem = Extract<WireItem, { readonly type: 'function_call_output' }>;

function isObjectText(text: string): boolean {
  if (text.trim() === '') return true; // how some clients write a call without arguments
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
