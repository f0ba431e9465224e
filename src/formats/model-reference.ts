/**
 * A model as a user refers to it: a name, perhaps with a last suffix that says where to look. `:local` means this machine only;
 * `:cloud` or a tag that ends in `-cloud` means Ollama's cloud. The suffix is cut off before the rest is read as a name.
 */
import { CorralError } from '../core/corral-error.ts';

export type ModelSource = 'local' | 'cloud' | 'unspecified';

export interface ModelReference {
  /** The text without its suffix; still unchecked, for `parseModelName`. */
  readonly base: string;
  readonly source: ModelSource;
}

/**
 * Splits the source suffix from `text`; blanks around it don't count. Throws `bad_request` when there are two.
 * `qwen3:8b-cloud` is base `qwen3:8b`, source cloud; `qwen3:8b:local` is base `qwen3:8b`, source local.
 */
export function parseModelReference(text: string): ModelReference {
  const trimmed = text.trim();
  const reference = cutSuffix(trimmed);
  if (reference.source !== 'unspecified' && cutSuffix(reference.base).source !== 'unspecified') {
    throw new CorralError('bad_request', `use either :local or :cloud, not both: ${JSON.stringify(trimmed)}`);
  }
  return reference;
}

function cutSuffix(text: string): ModelReference {
  const colon = text.lastIndexOf(':');
  const suffix = text.slice(colon + 1).trim();
  const folded = suffix.toLowerCase();
  if (colon === -1 || suffix.includes('/')) return { base: text, source: 'unspecified' };
  if (folded === 'local' || folded === 'cloud') return { base: text.slice(0, colon), source: folded };
  if (!folded.endsWith('-cloud')) return { base: text, source: 'unspecified' };
  return { base: text.slice(0, colon + 1) + suffix.slice(0, -'-cloud'.length), source: 'cloud' };
}
