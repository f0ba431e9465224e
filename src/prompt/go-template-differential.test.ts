import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CorralError } from '../core/corral-error.ts';
import { executeGoTemplate, parseGoTemplate } from '../formats/go-template/go-template.ts';
import { valueFromJson } from './go-template-values.ts';

/** Random templates with what Go's own text/template made of them: its text, or its error word for word. */
const { data, runs } = JSON.parse(
  readFileSync(new URL('../../test/fixtures/go-template-differential.json', import.meta.url), 'utf8'),
) as {
  readonly data: unknown;
  readonly runs: readonly { readonly template: string; readonly text?: string; readonly error?: string }[];
};

const values = valueFromJson(data);

function run(template: string): { readonly text?: string; readonly error?: string } {
  try {
    return { text: executeGoTemplate(parseGoTemplate(template), values) };
  } catch (thrown) {
    if (thrown instanceof CorralError) return { error: thrown.message };
    throw thrown;
  }
}

test.each(runs)('$template', ({ template, ...expected }) => {
  expect(run(template)).toEqual(expected);
});
