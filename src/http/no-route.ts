/** What a request gets that no route answers. Pure: which of a redirect, 405 and 404 it is. */
import type { Route } from './exchange.ts';

export type NoRouteDecision =
  | { readonly type: 'redirect'; readonly status: 301 | 307; readonly location: string }
  | { readonly type: 'wrong method'; readonly allow: string }
  | { readonly type: 'not found' };

/** `url` as in the request line. A path that differs from a route's by a last slash is sent there. */
export function decideNoRoute(routes: readonly Route[], method: string, url: string): NoRouteDecision {
  const queryAt = url.indexOf('?');
  const path = queryAt === -1 ? url : url.slice(0, queryAt);
  const query = queryAt === -1 ? '' : url.slice(queryAt);
  const methods = methodsOf(routes, path);
  if (methods.length > 0) return { type: 'wrong method', allow: methods.join(', ') };
  const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
  if (methodsOf(routes, other).includes(method)) {
    return { type: 'redirect', status: method === 'GET' ? 301 : 307, location: other + query };
  }
  return { type: 'not found' };
}

function methodsOf(routes: readonly Route[], path: string): readonly string[] {
  return routes.filter((route) => matches(route.path, path)).flatMap((route) => route.methods);
}

function matches(pattern: string, path: string): boolean {
  if (pattern.endsWith('/*')) return path.startsWith(pattern.slice(0, -1));
  if (!pattern.includes(':')) return pattern === path;
  const parts = path.split('/');
  const wanted = pattern.split('/');
  const fits = (part: string, index: number) => part === parts[index] || (part.startsWith(':') && parts[index] !== '');
  return wanted.length === parts.length && wanted.every(fits);
}
