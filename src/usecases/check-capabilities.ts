/** Whether a model can do what a request needs. The texts are Ollama's; clients match on them. */
import { CorralError } from '../core/corral-error.ts';
import { fullName } from '../formats/model-name.ts';
import type { ThinkValue } from '../prompt/chat-message.ts';
import type { Capability } from '../prompt/prompt-format.ts';
import type { StoredModel } from '../store/stored-model.ts';

export interface NeededCapabilities {
  /** The model's name as the client sent it. */
  readonly sent: string;
  readonly verb: 'generate' | 'chat';
  readonly think: ThinkValue;
  /** Beyond completion: tools, insert. */
  readonly extra: readonly Capability[];
}

/** Throws `not_supported`. */
export function checkCapabilities(
  model: StoredModel,
  capabilities: readonly Capability[],
  { sent, verb, think, extra }: NeededCapabilities,
): void {
  const wantsThinking = think !== undefined && think !== false;
  if (wantsThinking && !capabilities.includes('thinking')) throw notSupported(JSON.stringify(sent), 'thinking');
  if (!capabilities.includes('completion')) throw notSupported(JSON.stringify(sent), verb);
  const missing = extra.filter((capability) => !capabilities.includes(capability));
  if (missing.length > 0) throw notSupported(fullName(model.name), missing.join('\n'));
}

function notSupported(who: string, what: string): CorralError {
  return new CorralError('not_supported', `${who} does not support ${what}`, {
    hint: '`corral show MODEL` lists what a model can do.',
  });
}
