/** The bodies of errors, by the API whose clients read them. */
import type { ErrorShape } from '../exchange.ts';

const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };

export const errorSchemas = {
  OllamaError: { type: 'object', required: ['error'], properties: { error: text } },
  OpenAIError: {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['message', 'type', 'param', 'code'],
        properties: { message: text, type: text, param: textOrNull, code: textOrNull },
      },
    },
  },
  AnthropicError: {
    type: 'object',
    required: ['type', 'error', 'request_id'],
    properties: {
      type: { const: 'error' },
      error: { type: 'object', required: ['type', 'message'], properties: { type: text, message: text } },
      request_id: text,
    },
  },
};

const names = { openai: 'OpenAIError', anthropic: 'AnthropicError' } as const;

export function errorSchemaName(errors: ErrorShape | undefined): keyof typeof errorSchemas {
  return errors === undefined ? 'OllamaError' : names[errors.api];
}
