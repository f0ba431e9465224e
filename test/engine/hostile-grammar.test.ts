/** No grammar that a client sends can end the runner, and the next request is answered as if it had not been. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answered, post } from '../support/api-client.ts';
import { chatModel, startCorral, type CorralServer } from '../support/corral-server.ts';
import { judgeOf } from '../support/json-schema-judge.ts';

let server: CorralServer;
let runner: number[];

function ask(format: unknown, more: object = {}) {
  const options = { temperature: 1, seed: 3, num_predict: 40, ...more };
  return { model: chatModel, prompt: 'Say something.', stream: false, format, options };
}

beforeAll(async () => {
  server = await startCorral();
  await answered(server, '/api/generate', ask(undefined));
  runner = server.runners();
});
afterAll(() => server.stop());

describe('a format of the type gbnf', () => {
  test.each<[string, string]>([
    ['that is no grammar', '{"a": 1}'],
    ['that is empty', ''],
    ['without a root', 'start ::= "a"'],
    ['with an unknown rule', 'root ::= word'],
    ['with left recursion', 'root ::= root "a" | "b"'],
    ['with left recursion hidden behind empty rules', 'root ::= n root "a" | "b"\nn ::= m m\nm ::= ""'],
    ['that goes in circles', 'root ::= root'],
    ['of groups in groups', `root ::= ${'('.repeat(200_000)}"a"${')'.repeat(200_000)}`],
    ['whose rules multiply', `root ::= r0\n${doubling(64)}r64 ::= "x"`],
    ['of a megabyte and more', `root ::= "${'a'.repeat(1_000_001)}"`],
    ['with a zero byte and then nonsense', 'root ::= "a"\0 ]]]'],
    ['with a huge count', 'root ::= "a"{4000000000}'],
    ['with an empty class', 'root ::= [^\\x00-\\U0010FFFF]'],
  ])('is refused with a status of 400 %s', async (_, grammar) => {
    const reply = await post(server, '/api/generate', ask({ type: 'gbnf', grammar }));
    expect(reply.status).toBe(400);
    expect(reply.text).toMatch(/^\{"error":"invalid format: [^]{5,300}"\}$/);
    expect(server.runners()).toEqual(runner);
  });

  test('ends with an error, and the runner goes on, where its readings double with every character', async () => {
    const grammar = 'root ::= [a-z ] root "b" | [a-z ] root "c" | [a-z ]';
    const reply = await post(server, '/api/generate', ask({ type: 'gbnf', grammar }));
    expect(reply.text).toMatch(/too many readings/);
    expect(server.runners()).toEqual(runner);
  });

  test.each<[string, string, RegExp]>([
    ['a choice', 'root ::= "yes" | "no"', /^(?:yes|no)$/],
    ['deep nesting', 'root ::= "("{300} "x" ")"{300}', /^\(+$/],
    ['counts that can be reached in many ways', 'root ::= .{0,9000} .{0,9000} .{0,9000} "z"', /^.+$/s],
    ['characters of several bytes', 'root ::= [é-ü]{3} [\u{1f600}-\u{1f64f}]', /^[é-ü]{3}[\u{1f600}-\u{1f64f}]$/u],
    ['a chain of rules', `root ::= r0\n${chain(20_000)}r20000 ::= "end"`, /^end$/],
    ['repetitions of repetitions', `root ::= ${'('.repeat(9)}"a"${'){1000}'.repeat(9)}`, /^a+$/],
    ['nothing at all', 'root ::= ""', /^$/],
  ])('is followed: %s', async (_, grammar, expected) => {
    const reply = await answered(server, '/api/generate', ask({ type: 'gbnf', grammar }, { num_predict: 60 }));
    expect(reply.response).toMatch(expected);
    expect(server.runners()).toEqual(runner);
  });

  test('is answered as before afterwards, with penalties too', async () => {
    const grammar = 'root ::= ("red" | "green") (", " ("red" | "green")){3}';
    const reply = await answered(server, '/api/generate', ask({ type: 'gbnf', grammar }, { repeat_penalty: 1.5 }));
    expect(reply.response).toMatch(/^(?:red|green)(?:, (?:red|green)){3}$/);
    expect(server.runners()).toEqual(runner);
  });
});

describe('a format of the type regex', () => {
  test.each([
    ['a number', '[1-9][0-9]{2}'],
    ['a sentence', '[A-Z][a-z]+( [a-z]+){1,4}\\.'],
    ['letters of other scripts', '[а-я]{4}|[一-龥]{2}'],
  ])('is what the answer matches from beginning to end: %s', async (_, pattern) => {
    const reply = await answered(server, '/api/generate', ask({ type: 'regex', pattern }, { num_predict: 80 }));
    expect(reply.response).toMatch(new RegExp(`^(?:${pattern})$`, 'u'));
  });

  test('is refused by the name of what cannot be enforced', async () => {
    const reply = await post(server, '/api/generate', ask({ type: 'regex', pattern: 'a(?=b)' }));
    expect(reply).toMatchObject({ status: 400, text: expect.stringContaining('lookaround') });
  });
});

describe('a JSON Schema', () => {
  const whole = { type: 'integer' };
  const members = {
    id: { type: 'integer', multipleOf: 5 },
    day: { type: 'string', format: 'date' },
    tags: { items: { enum: ['a', 'b'] }, maxItems: 2 },
  };
  test.each<[string, object]>([
    ['members of several kinds', { type: 'object', properties: members, required: Object.keys(members) }],
    [
      'members by the pattern of their names',
      { patternProperties: { '^n_[a-z]{1,4}$': whole }, additionalProperties: false, maxProperties: 2 },
    ],
    ['text of a length', { type: 'string', minLength: 3, maxLength: 12 }],
    [
      'a recursive list',
      { properties: { v: { enum: [1] }, next: { anyOf: [{ type: 'null' }, { $ref: '#' }] } }, required: ['v', 'next'] },
    ],
  ])('holds every answer that the model ends: %s', async (_, schema) => {
    const isValid = judgeOf(schema);
    // Whether the model comes to an end is luck, which the rounding of its processor decides.
    const seeds = Array.from({ length: 12 }, (_unused, index) => index + 1);
    const replies = await Promise.all(
      seeds.map((seed) => answered(server, '/api/generate', ask(schema, { seed, num_predict: 120 }))),
    );
    const ended = replies.filter((reply) => reply.done_reason === 'stop');
    expect(ended.length).toBeGreaterThan(0);
    expect(ended.filter((reply) => !isValid(JSON.parse(reply.response ?? '')))).toEqual([]);
  });

  test('of a megabyte of nested arrays is refused', async () => {
    const nested = `${'{"items":'.repeat(100_000)}{}${'}'.repeat(100_000)}`;
    const body = JSON.stringify(ask('FORMAT')).replace('"FORMAT"', nested);
    const reply = await fetch(`${server.url}/api/generate`, { method: 'POST', body });
    expect(reply.status).toBe(400);
    expect(await reply.text()).toMatch(/depth/);
    expect(server.runners()).toEqual(runner);
  });
});

function doubling(count: number): string {
  return Array.from({ length: count }, (_, index) => `r${index} ::= r${index + 1} "a" | r${index + 1} "b"\n`).join('');
}

function chain(length: number): string {
  return Array.from({ length }, (_, index) => `r${index} ::= r${index + 1}\n`).join('');
}
