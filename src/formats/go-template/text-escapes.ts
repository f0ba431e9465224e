/** The escaping functions of Go's text/template: `html`, `js` and `urlquery`. */

const htmlEscapes: Readonly<Record<string, string>> = {
  "'": '&#39;',
  '"': '&#34;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\ufffd',
};

export const escapeHtml = (text: string): string => text.replace(/['"&<>\0]/g, (found) => htmlEscapes[found] ?? found);

export function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (found) => {
    if (found === '\\' || found === "'" || found === '"') return `\\${found}`;
    const code = found.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

/** As in a query string: a space becomes `+`. */
export function escapeUrlQuery(text: string): string {
  const bytes = Buffer.from(text).toString('latin1');
  return bytes.replace(/[^A-Za-z0-9\-_.~]/g, (byte) =>
    byte === ' ' ? '+' : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
