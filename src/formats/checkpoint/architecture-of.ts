import { quoted } from '../gguf/bad-gguf.ts';
import { CorralError } from '../../core/corral-error.ts';
import type { Architecture } from './architecture.ts';
import { bert } from './architectures/bert.ts';
import { gemma, gemma2, gemma3 } from './architectures/gemma.ts';
import { llama } from './architectures/llama.ts';
import { phi3 } from './architectures/phi3.ts';
import { qwen2, qwen3 } from './architectures/qwen.ts';
import { badCheckpoint } from './bad-checkpoint.ts';
import type { Config } from './config.ts';

/** By the class of the transformers library. */
const architectures: ReadonlyMap<string, Architecture> = new Map([
  ['LlamaForCausalLM', llama],
  ['MistralForCausalLM', llama],
  ['Qwen2ForCausalLM', qwen2],
  ['Qwen3ForCausalLM', qwen3],
  ['GemmaForCausalLM', gemma],
  ['Gemma2ForCausalLM', gemma2],
  ['Gemma3ForCausalLM', gemma3],
  ['Phi3ForCausalLM', phi3],
  ['BertModel', bert],
]);

/** Throws `bad_checkpoint`, or `not_supported` with the architecture's name. */
export function architectureOf(config: Config): Architecture {
  const [name] = config.texts('architectures');
  if (name === undefined) throw badCheckpoint('unknown architecture', 'config.json has no "architectures".');
  const architecture = architectures.get(name);
  if (architecture !== undefined) return architecture;
  throw new CorralError('not_supported', `unsupported architecture ${quoted(name)}`, {
    hint: `Safetensors of ${[...architectures.keys()].join(', ')} can be imported; convert others to GGUF with convert_hf_to_gguf.py of llama.cpp first.`,
  });
}

/** By `general.architecture`; undefined for one that can't be imported. */
export function architectureNamed(name: string): Architecture | undefined {
  return [...architectures.values()].find((architecture) => architecture.name === name);
}
