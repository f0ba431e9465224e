/** JSON as Python writes it, with a space behind `:` and `,`: what models saw of tools when they were trained. */

/** Adds the spaces to compact JSON. */
export function spacedJson(compact: string): string {
  return compact.replace(/"(?:[^"\\]|\\.)*"|[:,]/g, (found) => (found.length === 1 ? `${found} ` : found));
}

/** Takes back the escapes of `<`, `>` and `&` that Go's encoder makes. */
export function withoutHtmlEscapes(json: string): string {
  return json.replace(/\\(?:u003c|u003e|u0026|.)/g, (escape) => htmlEscapes[escape] ?? escape);
}

const htmlEscapes: Readonly<Record<string, string>> = { '\\u003c': '<', '\\u003e': '>', '\\u0026': '&' };
