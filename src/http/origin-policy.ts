/**
 * Which web pages may use the server (CORS). Pure: decides from two headers. The rules are Ollama's, so a page that works there works
 * here; nothing else may, because any page a user visits can send requests to their own machine.
 */
import { CorralError } from '../core/corral-error.ts';

export type OriginDecision =
  /** No page asks, or one that this server itself delivered. */
  | { readonly type: 'pass' }
  | { readonly type: 'forbidden' }
  | { readonly type: 'allowed'; readonly headers: Readonly<Record<string, string>> };

export interface OriginPolicy {
  decide(request: {
    readonly origin: string | undefined;
    readonly host: string;
    readonly method: string;
  }): OriginDecision;
}

const localNames = ['localhost', '127.0.0.1', '0.0.0.0'];
const builtInOrigins = [
  ...localNames.flatMap((name) =>
    ['http', 'https'].flatMap((scheme) => [`${scheme}://${name}`, `${scheme}://${name}:*`]),
  ),
  'app://*',
  'file://*',
  'tauri://*',
  'vscode-webview://*',
  'vscode-file://*',
];

const acceptedSchemes = [
  'http://',
  'https://',
  'chrome-extension://',
  'safari-extension://',
  'moz-extension://',
  'ms-browser-extension://',
];

const allowedMethods = 'GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS';
const stainlessHeaders = [
  'arch',
  'async',
  'custom-poll-interval',
  'helper-method',
  'lang',
  'os',
  'package-version',
  'poll-helper',
  'retry-count',
  'runtime',
  'runtime-version',
  'timeout',
];
const allowedHeaders = [
  'Authorization',
  'Content-Type',
  'User-Agent',
  'Accept',
  'X-Requested-With',
  'OpenAI-Beta',
  ...stainlessHeaders.map((name) => `x-stainless-${name}`),
].join(',');

/** Half a day. */
const maxAgeSeconds = '43200';

/** `origins` are the configured ones; `*` in one stands for anything. Throws `bad_setting` for one that can't be an origin. */
export function createOriginPolicy(origins: readonly string[]): OriginPolicy {
  for (const origin of origins) checkOrigin(origin);
  const allowsAll = origins.includes('*');
  const matchers = [...origins, ...builtInOrigins].map(originMatcher);

  return {
    decide({ origin, host, method }) {
      if (origin === undefined || origin === '') return { type: 'pass' };
      if (origin === `http://${host}` || origin === `https://${host}`) return { type: 'pass' };
      const folded = origin.toLowerCase();
      if (!allowsAll && !matchers.some((matches) => matches(folded))) return { type: 'forbidden' };
      const own: Record<string, string> = allowsAll
        ? { 'Access-Control-Allow-Origin': '*' }
        : { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' };
      if (method !== 'OPTIONS') return { type: 'allowed', headers: own };
      return {
        type: 'allowed',
        headers: {
          ...own,
          Vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
          'Access-Control-Allow-Methods': allowedMethods,
          'Access-Control-Allow-Headers': allowedHeaders,
          'Access-Control-Max-Age': maxAgeSeconds,
        },
      };
    },
  };
}

function checkOrigin(origin: string): void {
  if (origin.includes('*') || acceptedSchemes.some((scheme) => origin.startsWith(scheme))) return;
  throw new CorralError('bad_setting', `OLLAMA_ORIGINS: ${JSON.stringify(origin)} is not an origin`, {
    hint: 'An origin starts with http://, https:// or a browser extension’s scheme, or has a * in it.',
  });
}

/** One `*` matches any text, also none; a second one is taken as it is. */
function originMatcher(pattern: string): (origin: string) => boolean {
  const folded = pattern.toLowerCase();
  const star = folded.indexOf('*');
  if (star === -1) return (origin) => origin === folded;
  const start = folded.slice(0, star);
  const end = folded.slice(star + 1);
  return (origin) => origin.length >= start.length + end.length && origin.startsWith(start) && origin.endsWith(end);
}
