/** POST /v1/chat/completions on the wire. What it means is in to-conversation.ts. */
import { z } from 'zod';
import { recordField, textField } from '../ollama/wire-fields.ts';
import { refusedField } from '../refused-field.ts';
import { goObject } from '../wire-schema.ts';
import {
  choicesField,
  harmlessFields,
  onlyValues,
  samplingFields,
  streamFields,
  tokenLimitField,
} from './openai-fields.ts';
import { efforts } from './think-by-effort.ts';

// A part's own fields are checked where its type is known.
const contentPart = goObject({
  type: textField,
  text: z.string().optional(),
  refusal: z.string().optional(),
  image_url: z.union([z.string(), goObject({ url: textField, detail: z.string().optional() })]).optional(),
  input_audio: z.unknown().optional(),
  file: z.unknown().optional(),
});

const functionCall = goObject({ name: textField, arguments: textField });

const message = goObject({
  role: textField,
  content: z
    .union([z.string(), z.array(contentPart)], { error: 'expected a string or an array of content parts' })
    .optional(),
  // Templates have no place for it, other than as the name of a tool.
  name: z.string().optional(),
  refusal: z.string().optional(),
  /** What a thinking model thought; `reasoning_content` is another server's name for it. */
  reasoning: z.string().optional(),
  reasoning_content: z.string().optional(),
  tool_calls: z
    .array(goObject({ id: textField, type: z.string().default('function'), function: functionCall.optional() }))
    .default([]),
  tool_call_id: z.string().optional(),
  function_call: functionCall.optional(),
  audio: refusedField('audio is not supported'),
});

const tool = goObject({
  type: z.string().default('function'),
  function: goObject({
    name: textField,
    description: z.string().optional(),
    parameters: recordField.optional(),
    strict: z.boolean().default(false),
  }).optional(),
});

const namedTool = goObject({
  type: z.string().default('function'),
  function: goObject({ name: textField }).optional(),
});

const toolChoice = z.union(
  [
    z.enum(['none', 'auto', 'required']),
    goObject({
      type: z.string().default('function'),
      function: goObject({ name: textField }).optional(),
      allowed_tools: goObject({
        mode: z.enum(['auto', 'required']).default('auto'),
        tools: z.array(namedTool).default([]),
      }).optional(),
    }),
  ],
  { error: 'expected "none", "auto", "required" or an object that names a tool' },
);

const responseFormat = goObject({
  type: z.enum(['text', 'json_object', 'json_schema']).default('text'),
  json_schema: goObject({
    name: z.string().optional(),
    description: z.string().optional(),
    schema: recordField.optional(),
    // The answer always follows the schema.
    strict: z.boolean().optional(),
  }).optional(),
});

const effort = z.enum(efforts).optional();

export const chatCompletionRequestSchema = goObject({
  model: textField,
  messages: z.array(message).default([]),
  ...samplingFields,
  ...streamFields,
  ...harmlessFields,
  n: choicesField,
  max_tokens: tokenLimitField,
  max_completion_tokens: tokenLimitField,
  logprobs: z.boolean().default(false),
  top_logprobs: z.int().min(0).max(20).optional(),
  tools: z.array(tool).default([]),
  tool_choice: toolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  response_format: responseFormat.prefault({}),
  reasoning_effort: effort,
  reasoning: goObject({ effort }).optional(),
  // A guess at the answer makes it come sooner elsewhere; it is the same answer.
  prediction: z.unknown().optional(),
  modalities: z
    .array(z.string())
    .refine((kinds) => kinds.every((kind) => kind === 'text'), { error: 'only text is generated' })
    .optional(),
  store: onlyValues([false], 'answers are not stored'),
  // All are served alike; the reply says which one that was.
  service_tier: z.enum(['auto', 'default', 'flex', 'scale', 'priority']).optional(),
  verbosity: onlyValues(['medium'], 'the length of answers can only be bounded: use max_completion_tokens'),
  audio: refusedField('audio is not generated'),
  web_search_options: refusedField('the web is not searched'),
  moderation: refusedField('there is no moderation'),
  functions: refusedField('deprecated: use tools'),
  function_call: refusedField('deprecated: use tool_choice'),
  _debug_render_only: z.boolean().default(false),
}).meta({ required: ['model', 'messages'] });

export type ChatCompletionRequest = z.output<typeof chatCompletionRequestSchema>;
export type ChatCompletionMessage = ChatCompletionRequest['messages'][number];
