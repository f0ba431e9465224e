import { readFileSync } from 'node:fs';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CorralError } from '../core/corral-error.ts';
import type { ChatMessage, ThinkValue, Tool } from './chat-message.ts';
import { createJinjaFormat } from './jinja-format.ts';
import type { JinjaFormatOptions } from './jinja-format.ts';
import type { PromptFormat, RenderInput } from './prompt-format.ts';

interface Renderings {
  readonly conversations: Readonly<
    Record<string, { messages: readonly ChatMessage[]; tools?: readonly Tool[]; think?: ThinkValue }>
  >;
  readonly renderings: readonly {
    readonly template: string;
    readonly bosToken: string;
    readonly eosToken: string;
    readonly conversation: string;
    readonly text?: string;
    readonly refusal?: string;
  }[];
}

const fixtures = new URL('../../test/fixtures/jinja/', import.meta.url);
const { conversations, renderings } = JSON.parse(
  readFileSync(new URL('renderings.json', fixtures), 'utf8'),
) as Renderings;
const now = (): Date => new Date(2026, 2, 9, 14, 5);

function template(name: string): string {
  return readFileSync(new URL(`${name}.jinja`, fixtures), 'utf8');
}

function format(source: string, options: Partial<JinjaFormatOptions> = {}): PromptFormat {
  return createJinjaFormat({ source, bosToken: '', eosToken: '', now, ...options });
}

function conversation(name: string): RenderInput {
  const found = conversations[name];
  if (found === undefined) throw new Error(`no conversation ${name}`);
  return { messages: found.messages, tools: found.tools ?? [], think: found.think };
}

function failure(work: () => unknown): CorralError {
  try {
    work();
  } catch (error) {
    if (error instanceof CorralError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const hello: RenderInput = { messages: [{ role: 'user', content: 'hello' }], tools: [], think: undefined };

describe('prompts equal those of the reference implementation', () => {
  for (const rendering of renderings) {
    it(`${rendering.template}: ${rendering.conversation}`, () => {
      const { bosToken, eosToken, text, refusal } = rendering;
      const renderer = format(template(rendering.template), { bosToken, eosToken, addsBos: false });
      const input = conversation(rendering.conversation);
      const outcome = refusal === undefined ? renderer.render(input) : failure(() => renderer.render(input)).message;
      expect(outcome).toBe(text ?? refusal);
    });
  }
});

describe('the beginning-of-sequence token', () => {
  it('is taken off where the tokenizer adds its own', () => {
    const made = format(template('mistral-like'), { bosToken: '<s>', eosToken: '</s>' });
    expect(made.render(hello)).toBe('[INST]hello[/INST]');
  });

  it('stays where the tokenizer adds none, as in SmolLM2, whose first turn begins with it', () => {
    const made = format(template('smollm2'), { bosToken: '<|im_start|>', addsBos: false });
    expect(made.render(hello)).toMatch(/^<\|im_start\|>system\n/);
  });
});

describe('what a template cannot take is made to fit', () => {
  it('a system message in the middle goes into the next user turn when the template refuses it there', () => {
    const source =
      "{% for m in messages %}{% if m.role == 'system' and not loop.first %}{{ raise_exception('system first') }}{% endif %}[{{ m.role }}]{{ m.content }}{% endfor %}";
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'system', content: 's' },
      { role: 'user', content: 'b' },
    ];
    expect(format(source).render({ ...hello, messages })).toBe('[user]a[user]s\nb');
  });

  it('a system message alone becomes a user turn', () => {
    const messages = [{ role: 'system', content: 'Be brief.' }];
    expect(format(template('gemma-like')).render({ ...hello, messages })).toContain('<start_of_turn>user\nBe brief.');
  });

  it('a system message that the template would drop silently is folded too', () => {
    const source =
      "{% for m in messages %}{% if m.role != 'system' %}<{{ m.role }}>{{ m.content }}{% endif %}{% endfor %}";
    const messages = [{ role: 'system', content: 'Be brief.' }, ...hello.messages];
    expect(format(source).render({ ...hello, messages })).toBe('<user>Be brief.\nhello');
  });

  it('a tool result without a call id gets the id of the oldest open call', () => {
    const input = conversation('a call and its result');
    const messages = input.messages.map((message) => ({ ...message, toolCallId: '' }));
    expect(format(template('mistral-like')).render({ ...input, messages })).toContain('"call_id": "labc12345"');
  });

  it('tools are left out by a template that knows none', () => {
    const tools = conversation('tools offered').tools;
    expect(format(template('gemma-like')).render({ ...hello, tools })).not.toContain('get_weather');
  });
});

describe('thinking', () => {
  const source = '{{ enable_thinking }} {{ thinking }} {{ reasoning_effort }}';
  const cases: readonly [ThinkValue, string][] = [
    [undefined, 'true true '],
    [true, 'true true '],
    [false, 'false false '],
    ['low', 'true true low'],
    ['max', 'true true max'],
  ];
  for (const [think, text] of cases) {
    it(`think ${String(think)} reaches the template`, () => {
      expect(format(source).render({ ...hello, think })).toBe(text);
    });
  }

  it('max is high for gpt-oss', () => {
    const made = format(`${source}{# <|channel|> #}`);
    expect(made.render({ ...hello, think: 'max' })).toBe('true true high');
  });
});

describe('capabilities', () => {
  const cases: readonly [string, string, readonly string[]][] = [
    ['nothing', '{{ messages }}', []],
    ['tools', '{% if tools %}{% endif %}', ['tools']],
    ['tool calls', '{{ message.tool_calls }}', ['tools']],
    ['both think tags', '<think></think>', ['thinking']],
    ['one think tag', '<think>', []],
    ['thinking split off', "{{ c.split('</think>')[-1] }}", ['thinking']],
    ['thinking split off beside reasoning_content', "{{ c.split('</think>')[-1] }}{{ m.reasoning_content }}", []],
    ['the tags of Magistral', '[THINK][/THINK]', ['thinking']],
  ];
  for (const [name, source, capabilities] of cases) {
    it(`${name} in the source`, () => {
      expect(format(source).capabilities).toEqual(capabilities);
    });
  }

  it('markers of tools and thinking are asked to stay visible', () => {
    expect(format(template('qwen-like')).visibleSpecialTokens).toEqual([
      '<think>',
      '</think>',
      '<tool_call>',
      '</tool_call>',
    ]);
    expect(format('{{ messages }}').visibleSpecialTokens).toEqual([]);
  });
});

describe('a template that is broken or hostile gives a typed error', () => {
  const doubled = "{% set s = 'x' %}{% for i in range(64) %}{% set s = s ~ s %}{% endfor %}";
  const cases: readonly [string, string, RegExp][] = [
    ['an unclosed block', '{% if x %}', /^chat template: /],
    ['an unknown filter', '{{ messages | nothing }}', /^chat template: /],
    ['a source that is too long', 'x'.repeat(300_000), /too long/],
    ['white space that the lexer would look at for minutes', `{{ 1 }}${' '.repeat(250_000)}`, /takes too long/],
    ['a range of a thousand million', '{% for i in range(10**9) %}x{% endfor %}', /counts too far/],
    ['a range without end', '{% for i in range(0, 5, 0) %}x{% endfor %}', /step that is not zero/],
    [
      'loops in loops with nothing in them',
      '{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}',
      /too many steps|takes too long/,
    ],
    [
      'a text doubled in a namespace',
      doubled
        .replaceAll('set s = s ~ s', 'set n.s = n.s ~ n.s')
        .replace("{% set s = 'x' %}", "{% set n = namespace(s='x') %}"),
      /too long a text/,
    ],
    ['a macro that calls itself', '{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}', /^chat template: /],
    [
      'a macro that calls itself twice',
      '{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}{% endmacro %}{{ f(60) }}',
      /too many steps/,
    ],
    [
      'lists that hold themselves twice',
      '{% set n = namespace(a=[1]) %}{% for i in range(60) %}{% set n.a = [n.a, n.a] %}{% endfor %}{{ n.a | tojson }}',
      /too long a text/,
    ],
    [
      'namespaces hidden in lists that hold themselves twice',
      `{% set n0 = namespace() %}${Array.from({ length: 60 }, (_, index) => `{% set l${index} = [n${index}] %}{% set n${index + 1} = namespace() %}{% set n${index + 1}.a = l${index} %}{% set n${index + 1}.b = l${index} %}`).join('')}{{ n60 }}`,
      /too many steps|too long a text/,
    ],
    ['a namespace that holds itself', '{% set n = namespace() %}{% set n.a = n %}{{ n }}', /too deeply/],
    ['an indent of a thousand million', "{{ 'a\\nb' | indent(10**9) }}", /too long a text/],
    [
      'a product of two long texts',
      `{% set n = namespace(s='xxxx') %}{% for i in range(17) %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s.replace('x', n.s) }}`,
      /too long a text/,
    ],
  ];
  it.each(cases)('%s', (_name, source, message) => {
    const error = failure(() => format(source).render(hello));
    expect(error.code).toBe('template_failed');
    expect(error.message).toMatch(message);
  });

  it('a long conversation is not taken for a hostile template', () => {
    const turns = Array.from({ length: 3000 }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: `turn ${index} ${'word '.repeat(40)}`,
    }));
    const messages = [...turns, { role: 'user', content: 'last' }];
    const prompt = format(template('qwen-like')).render({ ...hello, messages });
    expect(prompt).toContain('turn 2999');
  });

  it('a template can be shown though it cannot be parsed', () => {
    expect(format('{% if tools %}').capabilities).toEqual(['tools']);
  });
});

it('any source gives a prompt or the typed error', () => {
  const fragments =
    "{%|%}|{{|}}|{#|#}|-| for m in messages | endfor | if tools | endif | set x = |m|.content|['role']|[::-1]|.split" +
    '| ~ | + |"|(|)|\\|\n| 1 |x|messages|range|namespace|raise_exception|strftime_now|**|{|[| is | not |%s|tojson|length';
  const part = fc.constantFrom(...fragments.split('|'), '|');
  const source = fc.oneof(
    fc.array(part, { maxLength: 20 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(source, (text) => {
      let outcome: string | CorralError;
      try {
        outcome = format(text).render(hello);
      } catch (error) {
        if (!(error instanceof CorralError)) throw error;
        outcome = error;
      }
      expect(typeof outcome === 'string' ? 'template_failed' : outcome.code).toBe('template_failed');
    }),
    { numRuns: 1000 },
  );
});

it('insert is refused', () => {
  expect(failure(() => format('x').renderInsert('a', 'b')).code).toBe('not_supported');
});
