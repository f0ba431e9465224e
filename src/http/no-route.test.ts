import { expect, it } from 'vitest';
import type { Route } from './exchange.ts';
import { decideNoRoute } from './no-route.ts';

const handle = () => {};
const api = { summary: 'A route' };
const routes: Route[] = [
  { path: '/', methods: ['HEAD', 'GET'], api, handle },
  { path: '/api/tags', methods: ['HEAD', 'GET'], api, handle },
  { path: '/api/chat', methods: ['POST'], api, handle },
  { path: '/v1/models/*', methods: ['GET'], api, handle },
];

it.each([
  ['an unknown path', 'GET', '/api/nothing', { type: 'not found' }],
  ['a wrong method', 'PUT', '/api/tags', { type: 'wrong method', allow: 'HEAD, GET' }],
  ['a wrong method with a query', 'GET', '/api/chat?a=1', { type: 'wrong method', allow: 'POST' }],
  ['a wrong method below a wildcard', 'PUT', '/v1/models/a/b', { type: 'wrong method', allow: 'GET' }],
  ['a slash too many', 'GET', '/api/tags/', { type: 'redirect', status: 301, location: '/api/tags' }],
  [
    'a slash too many on a post',
    'POST',
    '/api/chat/?a=1',
    { type: 'redirect', status: 307, location: '/api/chat?a=1' },
  ],
  ['a slash too many and a wrong method', 'GET', '/api/chat/', { type: 'not found' }],
  ['a path that looks like another host', 'GET', '//evil.example/', { type: 'not found' }],
])('%s', (_, method, url, expected) => {
  expect(decideNoRoute(routes, method, url)).toEqual(expected);
});
