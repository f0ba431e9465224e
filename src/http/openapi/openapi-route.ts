import type { Route } from '../exchange.ts';
import { writeJson } from '../write-reply.ts';
import { openapiDocument } from './openapi-document.ts';

/** GET /openapi.json, made when it is first asked for. */
export function openapiRoute(routes: () => readonly Route[], version: string): Route {
  let document: object | undefined;
  return {
    path: '/openapi.json',
    methods: ['GET'],
    api: { summary: 'This document' },
    handle({ response }) {
      document ??= openapiDocument(routes(), version);
      writeJson(response, 200, document);
    },
  };
}
