/** What the server says about itself. */
import type { Settings } from '../../config/settings.ts';
import type { Route } from '../exchange.ts';
import { writeJson, writeText } from '../write-reply.ts';

/** `version` is what clients compare with the Ollama version they need. */
export function serverRoutes(version: string, settings: Pick<Settings, 'cloudDisabledBy'>): readonly Route[] {
  return [
    {
      path: '/',
      methods: ['HEAD', 'GET'],
      api: { summary: 'Whether the server is up', replies: ['text'] },
      // Clients look for these very words.
      handle: ({ response }) => writeText(response, 200, 'Ollama is running'),
    },
    {
      path: '/api/version',
      methods: ['HEAD', 'GET'],
      api: { summary: 'The version' },
      handle: ({ response }) => writeJson(response, 200, { version }),
    },
    {
      path: '/api/status',
      methods: ['GET'],
      api: { summary: 'The state of the cloud: always off' },
      // There is no cloud here, whoever has or hasn't switched it off.
      handle: ({ response }) =>
        writeJson(response, 200, { cloud: { disabled: true, source: settings.cloudDisabledBy } }),
    },
  ];
}
