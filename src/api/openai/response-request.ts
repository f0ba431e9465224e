/**
 * POST /v1/responses. Every field that OpenAI documents is here: honoured, or refused by its name, so that nobody takes an answer for
 * one that did what was asked. Fields that only help OpenAI to run its service (service_tier, user, prompt_cache_retention) change nothing
 * here and are accepted.
 */
import { z } from 'zod';
import { flagField, recordField, textField } from '../ollama/wire-fields.ts';
import { refusedField } from '../refused-field.ts';
import { goObject } from '../wire-schema.ts';
import { byType, stringOr } from './by-type.ts';
import { onlyValues } from './openai-fields.ts';
import { inputItem } from './response-items.ts';
import { responseTool, responseToolChoice } from './response-tools.ts';

const unsupported = 'it is not supported';

/** OpenAI's own limits; a map without bound would be kept and sent back with every response. */
const maxMetadataPairs = 16;
const maxMetadataKeyLength = 64;
const maxMetadataValueLength = 512;

const metadata = z
  .record(z.string().max(maxMetadataKeyLength), z.string().max(maxMetadataValueLength))
  .refine((pairs) => Object.keys(pairs).length <= maxMetadataPairs, `at most ${maxMetadataPairs} pairs are accepted`)
  .default({});

const reasoning = goObject({
  // Checked where its meaning is known.
  effort: z.string().optional(),
  summary: z.enum(['auto', 'concise', 'detailed']).optional(),
  generate_summary: z.enum(['auto', 'concise', 'detailed']).optional(),
  context: onlyValues(['auto'], 'earlier reasoning is always shown to the model'),
  mode: onlyValues(['standard'], 'only "standard" is supported'),
});

const format = byType(
  {
    text: goObject({}).transform(() => ({ type: 'text' as const })),
    json_object: goObject({}).transform(() => ({ type: 'json_object' as const })),
    json_schema: goObject({
      name: z.string().min(1),
      description: z.string().optional(),
      schema: recordField,
      strict: z.boolean().optional(),
    }).transform(({ name, description, schema, strict }) => ({
      type: 'json_schema' as const,
      name,
      description: description ?? null,
      schema,
      // A schema is always enforced.
      strict: strict ?? true,
    })),
  },
  { refusal: 'is not a format' },
);

const includable = z.enum([
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
  'message.input_image.image_url',
  // Of tools that are refused: there is nothing of them to leave out.
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
]);

export const responseRequestSchema = goObject({
  model: textField,
  input: stringOr(z.array(inputItem)).optional(),
  instructions: z.string().optional(),
  previous_response_id: z.string().optional(),
  store: z.boolean().default(true),
  stream: flagField,
  stream_options: goObject({ include_obfuscation: onlyValues([false], 'the stream is not padded') }).optional(),
  temperature: z.number().min(0).max(2).default(1),
  top_p: z.number().min(0).max(1).default(1),
  presence_penalty: z.number().min(-2).max(2).default(0),
  frequency_penalty: z.number().min(-2).max(2).default(0),
  max_output_tokens: z.int().min(1).optional(),
  // It counts calls of hosted tools alone, of which there are none.
  max_tool_calls: z.int().min(1).optional(),
  tools: z.array(responseTool).default([]),
  tool_choice: responseToolChoice.optional(),
  parallel_tool_calls: z.boolean().default(true),
  reasoning: reasoning.optional(),
  text: goObject({
    format: format.default({ type: 'text' }),
    verbosity: onlyValues(['medium'], 'it can not be chosen here; ask for it in the instructions'),
  }).prefault({}),
  truncation: z.enum(['auto', 'disabled']).default('disabled'),
  include: z.array(includable).default([]),
  top_logprobs: z.int().min(0).max(20).default(0),
  metadata,
  safety_identifier: z.string().optional(),
  prompt_cache_key: z.string().optional(),
  prompt_cache_retention: z.string().optional(),
  service_tier: z.string().optional(),
  user: z.string().optional(),
  background: onlyValues([false], 'responses are not made in the background'),
  access_programs: refusedField(unsupported),
  context_management: refusedField(unsupported),
  conversation: refusedField('conversations are not kept; use previous_response_id'),
  image: refusedField(unsupported),
  moderation: refusedField(unsupported),
  prompt: refusedField('prompt templates are not kept; use instructions and input'),
  prompt_cache_options: refusedField(unsupported),
}).meta({ required: ['model'] });

export type ResponseRequest = z.output<typeof responseRequestSchema>;
