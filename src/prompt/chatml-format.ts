/** ChatML, for a model that brings no template at all: the engine's own fallback, as in Ollama. */
import { CorralError } from '../core/corral-error.ts';
import { contentParser } from './chain-parsers.ts';
import type { PromptFormat } from './prompt-format.ts';

export const chatmlFormat: PromptFormat = {
  kind: 'plain',
  capabilities: [],
  render({ messages }) {
    const turns = messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`);
    return `${turns.join('')}<|im_start|>assistant\n`;
  },
  renderInsert() {
    throw new CorralError('not_supported', 'this model does not support insert', {
      hint: 'Use a model whose template knows suffixes.',
    });
  },
  answerParser: () => contentParser,
  visibleSpecialTokens: [],
};
