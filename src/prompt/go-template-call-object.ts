/** Which tool a JSON object written by a model calls, and with what. */

type JsonObject = Readonly<Record<string, unknown>>;

/** Levels searched for the arguments; models wrap a call in two at most. */
const maxDepth = 16;

/**
 * The tool an object says it calls, else the first declared name in `text`, which ends with the object; of names that
 * begin at the same place the longest.
 */
export function calledTool(text: string, object: JsonObject, toolNames: readonly string[]): string | undefined {
  const said = object['name'];
  if (typeof said === 'string' && toolNames.includes(said)) return said;
  let found: { readonly name: string; readonly start: number } | undefined;
  for (const name of toolNames) {
    const start = text.indexOf(name);
    if (start === -1) continue;
    const isBetter =
      found === undefined || start < found.start || (start === found.start && name.length > found.name.length);
    if (isBetter) found = { name, start };
  }
  return found?.name;
}

/** What stands under `arguments`, `parameters` or the tool's own name, however deep; else the whole object. */
export function callArguments(object: JsonObject, toolName: string): JsonObject {
  const found = findArguments(object, toolName, 0);
  if (found !== undefined) return found;
  // A call that names its tool and gives nothing has no arguments.
  return object['name'] === toolName ? {} : object;
}

function findArguments(object: JsonObject, toolName: string, depth: number): JsonObject | undefined {
  if (depth > maxDepth) return undefined;
  if ('name' in object) {
    const named = asObject(object['arguments']) ?? asObject(object['parameters']);
    if (named !== undefined) return named;
  }
  const own = Object.hasOwn(object, toolName) ? asObject(object[toolName]) : undefined;
  if (own !== undefined) return own;
  for (const value of Object.values(object)) {
    for (const child of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      const found = isObject(child) ? findArguments(child, toolName, depth + 1) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object, or a string that holds one. */
function asObject(value: unknown): JsonObject | undefined {
  if (isObject(value)) return value;
  if (typeof value !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined; // a string that is no JSON is not the arguments
  }
}
