import { describe, expect, it } from 'vitest';

import { parseGoTemplate } from './go-template.ts';
import { findThinkTags, findToolCallTag, referencedNames } from './template-introspection.ts';

describe('names a template refers to', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['fields and variables in lower case', '{{.Tools}}{{$.Messages.Role}}', ['$', 'messages', 'role', 'tools']],
    [
      'in conditions, loops and parentheses',
      '{{if and (.A) .B}}{{range .C}}{{else}}{{.D}}{{end}}{{end}}',
      ['a', 'b', 'c', 'd'],
    ],
    ['in definitions', '{{define "x"}}{{.Suffix}}{{end}}', ['suffix']],
    ['a field after a parenthesis is not seen', '{{(index . 0).Content}}', []],
  ];
  it.each(cases)('%s', (_name, source, expected) =>
    expect([...referencedNames(parseGoTemplate(source))].toSorted()).toEqual(expected),
  );

  it('a template action without an argument is refused', () => {
    expect(() => referencedNames(parseGoTemplate('{{template "x"}}'))).toThrow('undefined template specified');
  });
});

describe('think tags', () => {
  const think = { open: '<think>', close: '</think>' };
  const cases: readonly (readonly [string, string, typeof think | undefined])[] = [
    ['around the field', '{{range .Messages}}<think>{{.Thinking}}</think>{{end}}', think],
    [
      'in a branch, blanks trimmed',
      '{{range .Messages}}A{{if .Thinking}}\n<think>\n{{.Thinking}}\n</think>\n{{end}}B{{end}}',
      think,
    ],
    ['through $', '{{range $.Messages}}<think>{{.Thinking}}</think>{{end}}', undefined],
    [
      'with index and condition',
      '{{range $i, $m := .Messages}}{{if and $.IsThinkSet (and .Thinking)}}<think>{{.Thinking}}</think>{{end}}{{end}}',
      think,
    ],
    ['outside of the messages', '<think>{{.Thinking}}</think>', undefined],
    ['inside another loop', '{{range .Messages}}{{range .Parts}}<think>{{.Thinking}}</think>{{end}}{{end}}', undefined],
    ['only one tag', '{{range .Messages}}{{if .X}}{{.Thinking}}</think>{{end}}{{end}}', undefined],
  ];
  it.each(cases)('%s', (_name, source, expected) => expect(findThinkTags(parseGoTemplate(source))).toEqual(expected));
});

describe('the tool call tag', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'the text before the calls',
      '{{range .Messages}}{{if .ToolCalls}}<tool_call>\n{{range .ToolCalls}}{"name"}{{end}}{{end}}{{end}}',
      '<tool_call>',
    ],
    [
      'the first text inside the loop',
      '{{if .ToolCalls}}{{range .ToolCalls}}\n<call>\n{"name": {{.X}}}{{end}}{{end}}',
      '<call>',
    ],
    ['only what is before a brace', '{{if .ToolCalls}}[TOOL_CALLS] [{"x"}]{{end}}', '[TOOL_CALLS] ['],
    ['a list', '{{if .ToolCalls}}[{{range .ToolCalls}}{"x"}{{end}}]{{end}}', '['],
    ['no text', '{{if .ToolCalls}}{{.X}}<later>{{end}}', '{'],
    ['no such branch', '{{range .ToolCalls}}<x>{{end}}', '{'],
    ['in an else', '{{if .A}}{{else if .Message.ToolCalls}}<|python_tag|>{{end}}', '<|python_tag|>'],
  ];
  it.each(cases)('%s', (_name, source, expected) => expect(findToolCallTag(parseGoTemplate(source))).toBe(expected));
});
