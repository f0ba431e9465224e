/** A value for an argument that a model wrote as bare text: of the type that the tool's schema names, else as JSON, else as text. */
import type { Tool } from '../chat-message.ts';
import { isRecord } from './call-from-json.ts';

export function typedArgument(text: string, key: string, toolName: string, tools: readonly Tool[]): unknown {
  const tool = tools.find((candidate) => candidate.function.name === toolName);
  const properties = tool?.function.parameters?.['properties'];
  const property = isRecord(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
  if (isRecord(property) && property['type'] === 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return pythonLiteral(text.trim()) ?? text; // bare words are texts
  }
}

/** These models sometimes write Python's words. */
function pythonLiteral(text: string): boolean | undefined {
  if (text === 'True') return true;
  return text === 'False' ? false : undefined;
}
