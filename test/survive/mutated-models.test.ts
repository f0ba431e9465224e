/** Model files come from anywhere. Whatever is in one, the server says what is wrong, or uses it, and goes on. */
import { beforeAll, describe, expect, test } from 'vitest';
import { post, shortAnswer, type AnswerLine, type Reply } from '../support/api-client.ts';
import { startCorral, type CorralServer } from '../support/corral-server.ts';
import {
  namedMutations,
  putModel,
  randomBytes,
  randomValues,
  readHeader,
  type ModelHeader,
} from '../support/mutated-models.ts';
import { chatModelPath } from '../support/starter-runner.ts';

const like = 'smollm2/135m';

describe('a damaged model file', () => {
  let server: CorralServer;
  let header: ModelHeader;
  beforeAll(async () => {
    header = await readHeader(chatModelPath);
    server = await startCorral();
    return () => server.stop();
  });

  const seeds = Array.from({ length: 10 }, (_, index) => 1001 * (index + 1));
  const mutations = [
    ...Object.entries(namedMutations),
    ...seeds.map((seed) => [`random bytes number ${seed}`, randomBytes(seed)] as const),
    ...seeds.map((seed) => [`random values number ${seed}`, randomValues(seed)] as const),
  ];

  test.each(mutations)('with %s never ends the server', async (description, mutation) => {
    const model = description.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    putModel(server.modelsDir, model, like, mutation(header));
    const request = { model, prompt: 'x', stream: false, keep_alive: 0, options: { num_predict: 2, num_ctx: 512 } };
    const replies = [
      await post(server, '/api/generate', request),
      await post(server, '/api/show', { model }),
      await post(server, '/api/embed', { model, input: 'x', keep_alive: 0 }),
    ];
    for (const reply of replies) expect(['used', 'refused']).toContain(outcome(reply, server));
    expect(server.hasEnded()).toBe(false);
  });

  test('leaves the other models as they were', async () => {
    expect((await shortAnswer(server)).response).not.toBe('');
    expect((await fetch(`${server.url}/api/tags`)).status).toBe(200);
  });
});

/** Any other outcome is the reply itself, for the report. */
function outcome({ status, text }: Reply, { modelsDir }: CorralServer): string {
  const { error } = JSON.parse(text) as AnswerLine;
  if (status === 200 && error === undefined) return 'used';
  // Where the store lies is nobody's business.
  const isClear = status !== 200 && error !== undefined && error !== '' && !text.includes(modelsDir);
  return isClear ? 'refused' : `${status} ${text}`;
}
