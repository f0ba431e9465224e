import { describe, expect, it } from 'vitest';
import { chatRequestSchema } from './ollama/chat-request.ts';
import { embedRequestSchema } from './ollama/embed-request.ts';
import { generateRequestSchema } from './ollama/generate-request.ts';
import { showRequestSchema } from './ollama/show-request.ts';
import { parseWire } from './wire-schema.ts';

describe('parseWire', () => {
  it('matches keys whatever their case, ignores unknown ones and takes null as unset', () => {
    const request = { MODEL: 'm', Prompt: 'p', nonsense: 1, system: null, stream: null, Options: { Temperature: 1 } };
    expect(parseWire(generateRequestSchema, request)).toMatchObject({
      model: 'm',
      prompt: 'p',
      system: '',
      stream: true,
      // Options are a map, not fields: their case counts.
      options: { Temperature: 1 },
    });
  });

  it('takes an empty object as a request with every default', () => {
    expect(parseWire(chatRequestSchema, {})).toEqual({
      model: '',
      stream: true,
      options: {},
      truncate: true,
      logprobs: false,
      top_logprobs: 0,
      _debug_render_only: false,
      messages: [],
      tools: [],
    });
    expect(parseWire(showRequestSchema, null).model).toBe('');
    expect(parseWire(embedRequestSchema, { input: null }).truncate).toBe(true);
  });

  it('keeps the order of tool parameters and arguments', () => {
    const parameters = {
      type: 'object',
      required: ['b'],
      properties: { z: { type: 'string' }, a: { type: 'string' } },
    };
    const request = {
      messages: [
        { Role: 'ASSISTANT', tool_calls: [{ function: { name: 'f', arguments: { z: 1, a: 2 } } }] },
        { role: 'tool', content: 'r', tool_name: 'f', tool_call_id: 'c' },
      ],
      tools: [{ type: 'function', function: { name: 'f', parameters } }],
    };
    const { messages, tools } = parseWire(chatRequestSchema, request);
    expect(messages[0]?.role).toBe('assistant');
    expect(JSON.stringify(messages[0]?.toolCalls)).toBe('[{"id":"","name":"f","arguments":{"z":1,"a":2}}]');
    expect(messages[1]).toEqual({ role: 'tool', content: 'r', toolName: 'f', toolCallId: 'c' });
    expect(JSON.stringify(tools[0]?.function.parameters)).toBe(JSON.stringify(parameters));
  });

  it.each([
    ['a number for a string', { model: 5 }, 'invalid value for "model": expected a string, got a number'],
    ['a string for a switch', { stream: 'yes' }, 'invalid value for "stream": expected true or false, got a string'],
    ['a list for the options', { options: [] }, 'invalid value for "options": expected an object, got an array'],
    [
      'a fraction in the context',
      { context: [1, 2.5] },
      'invalid value for "context[1]": expected an integer, got a number',
    ],
    ['no object at all', [], 'invalid request: expected an object, got an array'],
    [
      'an image that is no base64',
      { images: ['aGk=', 'a*b='] },
      'invalid value for "images[1]": illegal base64 data at input byte 1',
    ],
    ['a duration that is none', { keep_alive: 'soon' }, 'time: invalid duration "soon"'],
  ])('refuses %s', (_, request, message) => {
    expect(() => parseWire(generateRequestSchema, request)).toThrow(expect.objectContaining({ message, status: 400 }));
  });

  it('names the place of a wrong value in a message', () => {
    expect(() => parseWire(chatRequestSchema, { messages: [{ role: 'user', content: ['x'] }] })).toThrow(
      'invalid value for "messages[0].content": expected a string, got an array',
    );
  });
});
