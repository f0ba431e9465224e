/** POST /v1/messages and /v1/messages/count_tokens. Every documented field is honoured, or refused with its name. */
import { z } from 'zod';
import { CorralError } from '../../core/corral-error.ts';
import { flagField, recordField, textField } from '../ollama/wire-fields.ts';
import { refusedField } from '../refused-field.ts';
import { goObject, parseWire } from '../wire-schema.ts';
import { assistantContent, systemContent, userContent } from './content-blocks.ts';
import { taggedObject } from './tagged-object.ts';
import { toolChoiceField, toolsField } from './tool-fields.ts';

const message = taggedObject(
  {
    user: goObject({ content: userContent }).transform(({ content }) => ({ role: 'user' as const, content })),
    assistant: goObject({ content: assistantContent }).transform(({ content }) => ({
      role: 'assistant' as const,
      content,
    })),
    system: goObject({ content: systemContent }).transform(({ content }) => ({ role: 'system' as const, content })),
  },
  { key: 'role', refusal: (role) => `${JSON.stringify(role)} is none of user, assistant, system` },
);

const displayField = z.enum(['summarized', 'omitted']).default('summarized');

const thinking = taggedObject(
  {
    enabled: goObject({ budget_tokens: z.int().min(1).optional(), display: displayField }).transform((fields) => ({
      isOn: true,
      isShown: fields.display === 'summarized',
      budgetTokens: fields.budget_tokens,
    })),
    adaptive: goObject({ display: displayField }).transform((fields) => ({
      isOn: true,
      isShown: fields.display === 'summarized',
      budgetTokens: undefined,
    })),
    disabled: goObject({}).transform(() => ({ isOn: false, isShown: true, budgetTokens: undefined })),
  },
  { refusal: (type) => `${JSON.stringify(type)} is none of enabled, adaptive, disabled` },
);

const outputFormat = taggedObject(
  { json_schema: goObject({ schema: recordField }).transform(({ schema }) => schema) },
  { refusal: (type) => `${JSON.stringify(type)} is not json_schema` },
);

const here = 'a request is computed by this server alone';

const common = {
  model: textField,
  messages: z.array(message).default([]),
  system: systemContent.default([]),
  tools: toolsField,
  tool_choice: toolChoiceField.optional(),
  thinking: thinking.optional(),
  output_config: goObject({
    effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).optional(),
    format: outputFormat.optional(),
    task_budget: refusedField('there are no budgets over several requests'),
  }).prefault({}),
  /** What `output_config.format` was before. */
  output_format: outputFormat.optional(),
  /** The longest known beginning of a prompt is always taken from the cache. */
  cache_control: z.unknown().optional(),
  speed: z.literal('standard', { error: 'there is one speed, standard' }).optional(),
  mcp_servers: z.array(z.unknown()).max(0, 'MCP servers are not connected to; bring their tools as tools').optional(),
};

const created = {
  ...common,
  max_tokens: z.int().optional(),
  stream: flagField,
  stop_sequences: z.array(z.string()).default([]),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  top_k: z.int().optional(),
  metadata: z.unknown().optional(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  container: refusedField('there are no containers'),
  inference_geo: refusedField(here),
  diagnostics: refusedField('there are no diagnostics of the cache'),
  fallbacks: refusedField(here),
};

// What is missing is said in Ollama's words, by the checks below.
export const countRequestSchema = goObject(common).meta({ required: ['model', 'messages'] });
export const messagesRequestSchema = goObject(created).meta({ required: ['model', 'messages', 'max_tokens'] });

export type CountRequest = z.output<typeof countRequestSchema>;
export type MessagesRequest = z.output<typeof messagesRequestSchema> & { readonly max_tokens: number };

/** Throws `bad_request`, with Ollama's words for what is missing. */
export function parseMessagesRequest(body: unknown): MessagesRequest {
  const request = parseWire(messagesRequestSchema, body);
  const { max_tokens: maxTokens = 0 } = request;
  if (request.model === '') throw missing('model', 'model is required');
  if (maxTokens <= 0) throw missing('max_tokens', 'max_tokens is required and must be positive');
  checkWhole(request);
  return { ...request, max_tokens: maxTokens };
}

/** Throws `bad_request`. */
export function parseCountRequest(body: unknown): CountRequest {
  const request = parseWire(countRequestSchema, body);
  if (request.model === '') throw missing('model', 'model is required');
  checkWhole(request);
  return request;
}

/** Fields of a request that nothing here knows: newer than this program, or a beta's. */
export function unknownFields(body: unknown): string[] {
  return Object.keys(body ?? {}).filter((field) => !Object.hasOwn(created, field));
}

function checkWhole({ messages, tools, tool_choice: chosen, thinking: thought }: CountRequest): void {
  if (messages.length === 0) throw missing('messages', 'messages is required');
  if (thought?.isOn === true && messages.at(-1)?.role === 'assistant') {
    throw missing('messages', 'the last message cannot be an assistant message while thinking is enabled');
  }
  const choice = chosen?.choice;
  if (choice === undefined || choice === 'auto' || choice === 'none') return;
  if (tools.length === 0) throw missing('tool_choice', 'tool_choice asks for a call, but there are no tools');
  if (choice === 'required' || tools.some(({ tool }) => tool.function.name === choice.name)) return;
  throw missing('tool_choice', `tool_choice names ${JSON.stringify(choice.name)}, which is not one of the tools`);
}

function missing(param: string, text: string): CorralError {
  return new CorralError('bad_request', text, { param });
}
