/**
 * gpt-oss sees tools as functions of a TypeScript namespace, so their names must be identifiers: other characters become `_` or go, and
 * names that would then be the same are numbered. The model's calls come back under the names that the client gave.
 */
import type { Tool } from '../chat-message.ts';

/** Built into the model. */
const builtIn = new Set(['browser.open', 'browser.search', 'browser.find', 'python']);

/** The tools under the names that the model sees. */
export function toHarmonyTools(tools: readonly Tool[]): readonly Tool[] {
  const names = harmonyNames(tools);
  return tools.map((tool, index) => ({ ...tool, function: { ...tool.function, name: names[index] ?? '' } }));
}

/** The client's name for a tool that the model calls; an unknown one stays. */
export function userToolName(called: string, tools: readonly Tool[]): string {
  return tools[harmonyNames(tools).lastIndexOf(called)]?.function.name ?? called;
}

function harmonyNames(tools: readonly Tool[]): readonly string[] {
  const taken = new Set<string>();
  return tools.map(({ function: { name } }) => {
    if (name === '') return '';
    const chosen = builtIn.has(name) ? name : freeName(identifierFor(name), taken);
    taken.add(chosen);
    return chosen;
  });
}

function identifierFor(name: string): string {
  const identifier = name.replace(/[ .-]/g, '_').replace(/[^\p{L}\p{Nd}_$]/gu, '');
  if (identifier === '') return 'unnamed';
  return /^\d/.test(identifier) ? `_${identifier}` : identifier;
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let candidate = name;
  for (let count = 2; taken.has(candidate); count += 1) candidate = `${name}_${count}`;
  return candidate;
}
