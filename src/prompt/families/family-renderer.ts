/**
 * Turns a conversation into a prompt in the way one family of models was trained on, for models whose config names a `renderer`. Such
 * a model needs no template. What comes out equals Ollama's renderer of the same name, character for character.
 */
import type { RenderInput } from '../prompt-format.ts';

export interface FamilyRenderer {
  /** The text of the BOS token that every prompt begins with; empty for none. */
  readonly bos: string;
  /** Throws `template_failed` for a conversation that the family has no form for. */
  render(input: RenderInput): string;
}
