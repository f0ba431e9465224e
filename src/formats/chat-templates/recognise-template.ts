/** Which well-known chat template a jinja source is, as Ollama decides it when it imports a GGUF file. */
import { editDistanceBelow } from './edit-distance.ts';
import { goTemplates, jinjaTemplates, type GoChatTemplate } from './known-templates.ts';

/** So many characters may differ: model makers add a line break here or a default system prompt there. */
const maxDistance = 100;

export interface RecognisedTemplate extends GoChatTemplate {
  readonly name: string;
}

let known: readonly { readonly name: string; readonly codePoints: readonly number[] }[] | undefined;
let longest = 0;

/** The nearest of the known templates, the first of equals; undefined when none is near enough. */
export function recogniseTemplate(jinja: string): RecognisedTemplate | undefined {
  known ??= jinjaTemplates.map(({ name, source }) => ({ name, codePoints: codePointsOf(source) }));
  longest ||= Math.max(...known.map(({ codePoints }) => codePoints.length));
  // A code point takes at most two units: beyond this no template is near, and nothing needs to be taken apart to know it.
  if (jinja.length >= 2 * (longest + maxDistance)) return undefined;
  const wanted = codePointsOf(jinja);
  let nearest: string | undefined;
  let limit = maxDistance;
  for (const { name, codePoints } of known) {
    const distance = editDistanceBelow(limit, wanted, codePoints);
    if (distance === undefined) continue;
    nearest = name;
    limit = distance;
  }
  const template = nearest === undefined ? undefined : goTemplates[nearest];
  return nearest === undefined || template === undefined ? undefined : { name: nearest, ...template };
}

function codePointsOf(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}
