import { describe, expect, test } from 'vitest';
import { parseGoTemplate } from '../go-template/go-template.ts';
import { goTemplates, jinjaTemplates } from './known-templates.ts';
import { recogniseTemplate } from './recognise-template.ts';

describe('known chat templates', () => {
  test.each(jinjaTemplates.map(({ name, source }, index) => [`${index} ${name}`, name, source] as const))(
    '%s is recognised as it is and with small changes',
    (_, name, source) => {
      expect(recogniseTemplate(source)?.name).toBe(name);
      expect(recogniseTemplate(`${source}\n{# a remark #}`)?.name).toBe(name);
    },
  );

  test.each(Object.entries(goTemplates))('the Go template %s can be parsed', (_, { template, stop }) => {
    expect(() => parseGoTemplate(template)).not.toThrow();
    expect(stop.every((text) => text !== '')).toBe(true);
  });

  test('another template is not recognised', () => {
    expect(
      recogniseTemplate(`{% for m in messages %}${'{{ m.role }}: {{ m.content }} '.repeat(20)}{% endfor %}`),
    ).toBeUndefined();
    expect(recogniseTemplate('')).toBeUndefined();
  });

  test('a template as long as a model file may hold costs no time', () => {
    const start = performance.now();
    expect(recogniseTemplate('x'.repeat(20_000_000))).toBeUndefined();
    expect(recogniseTemplate('{'.repeat(4614))).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(500);
  });
});
