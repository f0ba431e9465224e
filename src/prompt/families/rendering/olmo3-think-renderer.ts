/** OLMo 3 Think: ChatML without tools, every answer opens with thinking. The variants differ in the default system message. */
import type { RenderInput } from '../../prompt-format.ts';
import type { FamilyRenderer } from '../family-renderer.ts';

export function createOlmo3ThinkRenderer(options: { readonly defaultSystem: string }): FamilyRenderer {
  return { bos: '', render: (input) => render(input, options.defaultSystem) };
}

export const olmo3ThinkSystem = 'You are a helpful AI assistant.';
export const olmo31ThinkSystem =
  'You are Olmo, a helpful AI assistant built by Ai2. Your date cutoff is December 2024, and your model weights are available at https://huggingface.co/allenai.';

function render({ messages }: RenderInput, defaultSystem: string): string {
  const own = messages.find((message) => message.role === 'system')?.content;
  const system =
    own === undefined
      ? defaultSystem
      : `${own} You do not currently have access to any functions. <functions></functions>`;
  const turns = messages
    .filter(({ role }) => role === 'user' || role === 'assistant')
    .map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`);
  return `<|im_start|>system\n${system}<|im_end|>\n${turns.join('')}<|im_start|>assistant\n<think>`;
}
