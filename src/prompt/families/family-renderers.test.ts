import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { chatRequestSchema } from '../../api/ollama/chat-request.ts';
import { familyRenderer, rendererNames } from './family-renderers.ts';

/** Answers of a real Ollama to `_debug_render_only`, for models with these renderers. */
const recorded = z
  .object({
    conversations: z.record(z.string(), z.object({ messages: z.unknown(), tools: z.unknown() })),
    renderings: z.array(
      z.object({
        renderer: z.string(),
        conversation: z.string(),
        think: z.union([z.boolean(), z.literal('high')]),
        rendered: z.string(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../test/fixtures/renderers-recorded.json', import.meta.url), 'utf8')));

describe('renderers make the prompts that a real Ollama made', () => {
  for (const renderer of new Set(recorded.renderings.map((rendering) => rendering.renderer))) {
    test(`prompts of ${renderer}`, () => {
      const own = recorded.renderings.filter((rendering) => rendering.renderer === renderer);
      for (const { conversation, think, rendered } of own) {
        const { messages, tools } = chatRequestSchema.parse(recorded.conversations[conversation]);
        const got = familyRenderer(renderer).render({ messages, tools, think });
        expect(got, `${conversation}, think ${String(think)}`).toBe(rendered);
      }
    });
  }

  test('every renderer is recorded, but for the name that stands for two', () => {
    const known = new Set(recorded.renderings.map((rendering) => rendering.renderer));
    expect(rendererNames.filter((name) => !known.has(name))).toEqual(['gemma4']);
  });
});

describe('what a renderer refuses', () => {
  const user = { role: 'user', content: 'Hi' };

  test('an unknown renderer', () => {
    expect(() => familyRenderer('x"y').render({ messages: [user], tools: [], think: undefined })).toThrow(
      'unknown renderer "x\\"y"',
    );
  });

  test('for qwen3.8: no messages, no question, or an image in an instruction', () => {
    const qwen38 = familyRenderer('qwen3.8');
    const toolResult = { role: 'user', content: '<tool_response>x</tool_response>' };
    const cases = [
      { messages: [], message: 'no messages provided' },
      { messages: [toolResult], message: 'no user query found in messages' },
      {
        messages: [{ role: 'system', content: '', images: ['eA=='] }, user],
        message: 'system message cannot contain images',
      },
    ];
    for (const { messages, message } of cases) {
      expect(() => qwen38.render({ messages, tools: [], think: undefined })).toThrow(message);
    }
  });
});

describe('where the request says nothing about thinking', () => {
  const messages = [{ role: 'user', content: 'Hi' }];
  test.each([
    ['qwen3-vl-instruct', '<|im_start|>assistant\n'],
    ['qwen3-vl-thinking', '<|im_start|>assistant\n<think>\n'],
    ['qwen3.5', '<|im_start|>assistant\n<think>\n'],
    ['cogito', '<｜Assistant｜>'],
    ['deepseek3.1', '<｜Assistant｜></think>'],
    ['glm-4.7', '<|assistant|><think>'],
    ['gemma4-large', '<|turn>model\n<|channel>thought\n<channel|>'],
  ])('%s ends the prompt its own way', (name, ending) => {
    const prompt = familyRenderer(name).render({ messages, tools: [], think: undefined });
    expect(prompt.slice(-ending.length)).toBe(ending);
  });

  test('qwen3.8 is asked for the highest effort', () => {
    expect(familyRenderer('qwen3.8').render({ messages, tools: [], think: undefined })).toContain('set to xhigh');
  });
});
