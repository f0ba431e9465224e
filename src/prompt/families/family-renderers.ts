/** The renderers by the names that models' configs use. */
import { CorralError } from '../../core/corral-error.ts';
import type { FamilyRenderer } from './family-renderer.ts';
import { cogitoRenderer } from './rendering/cogito-renderer.ts';
import { deepseek31Renderer } from './rendering/deepseek31-renderer.ts';
import { functionGemmaRenderer } from './rendering/functiongemma-renderer.ts';
import { createGemma4Renderer } from './rendering/gemma4-renderer.ts';
import { glm47Renderer } from './rendering/glm47-renderer.ts';
import { createLfm2Renderer } from './rendering/lfm2-renderer.ts';
import { createOlmo3Renderer, olmo31System, olmo3System } from './rendering/olmo3-renderer.ts';
import { createOlmo3ThinkRenderer, olmo31ThinkSystem, olmo3ThinkSystem } from './rendering/olmo3-think-renderer.ts';
import { createQwen35Renderer } from './rendering/qwen35-renderer.ts';
import { qwen3CoderRenderer } from './rendering/qwen3-coder-renderer.ts';
import { createQwen3VlRenderer } from './rendering/qwen3-vl-renderer.ts';

const renderers: ReadonlyMap<string, FamilyRenderer> = new Map([
  ['qwen3-coder', qwen3CoderRenderer],
  ['qwen3-vl-instruct', createQwen3VlRenderer({ thinks: false })],
  ['qwen3-vl-thinking', createQwen3VlRenderer({ thinks: true })],
  ['qwen3.5', createQwen35Renderer('qwen3.5')],
  ['qwen3.8', createQwen35Renderer('qwen3.8')],
  ['ornith', createQwen35Renderer('ornith')],
  ['cogito', cogitoRenderer],
  ['deepseek3.1', deepseek31Renderer],
  ['olmo3', createOlmo3Renderer({ defaultSystem: olmo3System })],
  ['olmo3.1', createOlmo3Renderer({ defaultSystem: olmo31System })],
  ['olmo3-think', createOlmo3ThinkRenderer({ defaultSystem: olmo31ThinkSystem })],
  ['olmo3-32b-think', createOlmo3ThinkRenderer({ defaultSystem: olmo3ThinkSystem })],
  ['gemma4', createGemma4Renderer({ isLarge: false })],
  ['gemma4-small', createGemma4Renderer({ isLarge: false })],
  ['gemma4-large', createGemma4Renderer({ isLarge: true })],
  ['functiongemma', functionGemmaRenderer],
  ['glm-4.7', glm47Renderer],
  ['lfm2', createLfm2Renderer({ thinks: false })],
  ['lfm2-thinking', createLfm2Renderer({ thinks: true })],
]);

export const rendererNames: readonly string[] = [...renderers.keys()];

/** A renderer of an unknown name refuses to render, so that such a model can still be shown and complete raw prompts. */
export function familyRenderer(name: string): FamilyRenderer {
  return renderers.get(name) ?? { bos: '', render: () => refuse(name) };
}

function refuse(name: string): never {
  throw new CorralError('template_failed', `unknown renderer ${JSON.stringify(name)}`, {
    hint: 'This model was made for a newer version; update, or use another model.',
  });
}
