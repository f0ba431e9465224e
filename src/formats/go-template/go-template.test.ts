import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CorralError } from '../../core/corral-error.ts';
import { cutAfterField } from './cut-after-field.ts';
import { executeGoTemplate, parseGoTemplate } from './go-template.ts';
import type { GoValue } from './go-value.ts';
import { goMap, goSlice } from './go-value.ts';
import {
  maxExecutionDepth,
  maxSourceCharacters,
  maxSteps,
  maxTextCharacters,
  TemplateBudget,
} from './template-limits.ts';

const data = goMap(
  Object.entries({
    Text: 'héllo <b>',
    Empty: '',
    Count: 7n,
    Ratio: 2.5,
    Yes: true,
    List: goSlice('[]string', ['p', 'q', 'r']),
    Map: goMap(Object.entries({ b: 2, a: 'x' })),
    Point: {
      kind: 'struct',
      typeName: 'main.point',
      isPointer: true,
      fields: [
        { name: 'X', value: 1n },
        { name: 'Y', value: 'why', jsonName: 'y' },
      ],
    },
  } satisfies Record<string, GoValue>),
);

const run = (source: string): string => executeGoTemplate(parseGoTemplate(source), data);

/** The message; anything but `template_failed` fails the test. */
function faultOf(source: string): string {
  try {
    run(source);
  } catch (thrown) {
    if (thrown instanceof CorralError && thrown.code === 'template_failed') return thrown.message;
    throw thrown;
  }
  throw new Error(`${source} gave no fault`);
}

function kindOfResult(source: string): string {
  try {
    run(source);
    return 'text';
  } catch (thrown) {
    return thrown instanceof CorralError ? thrown.code : String(thrown);
  }
}

describe('a template writes what Go writes', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['trim markers eat blanks on their side only', 'a {{- 1 -}} b {{ 2 }} c', 'a1b 2 c'],
    ['a minus without a blank is a sign', 'a {{-1}} b', 'a -1 b'],
    ['comments leave nothing', 'a{{/* x }} y */}}b {{- /* z */ -}} c', 'abc'],
    ['many comments in a row', '{{/**/}}'.repeat(20_000), ''],
    ['an inner variable hides an outer one', '{{$x := 1}}{{if .Yes}}{{$x := 2}}{{$x}}{{end}}{{$x}}', '21'],
    ['an assignment reaches outward', '{{$x := 1}}{{range .List}}{{$x = .}}{{end}}{{$x}}', 'r'],
    ['a range over a map goes by sorted keys', '{{range $k, $v := .Map}}{{$k}}={{$v}};{{end}}', 'a=x;b=2;'],
    ['a range over a number counts', '{{range $i := 3}}{{$i}}{{end}}', '012'],
    [
      'break inside an if inside a range',
      '{{range .List}}{{if eq . "q"}}{{break}}{{end}}{{.}}{{else}}none{{end}}',
      'p',
    ],
    ['an empty range takes its else', '{{range .Empty2}}x{{else}}none{{end}}', 'none'],
    ['else with', '{{with .Empty}}1{{else with .Text}}{{.}}{{else}}3{{end}}', 'héllo <b>'],
    ['block defines and runs', '{{block "b" .Text}}[{{.}}]{{end}}{{template "b" 3}}', '[héllo <b>][3]'],
    ['a template sees only its argument', '{{define "t"}}{{.}}{{$}}{{end}}{{$x := 9}}{{template "t" 5}}', '55'],
    [
      'struct fields and JSON names',
      '{{.Point.X}} {{.Point}} {{json .Point}} {{print .Point}}',
      '1 {1 why} {"X":1,"y":"why"} &{1 why}',
    ],
    ['strings count as bytes', '{{len .Text}} {{index .Text 1}} {{slice .Text 0 1}}', '10 195 h'],
    ['a value piped is the last argument', '{{.Text | printf "%s|%s" "a"}}', 'a|héllo <b>'],
    ['and, or stop at the deciding argument', '{{and 0 (index .List 9)}}{{or 1 (index .List 9)}}', '01'],
    ['escapes in strings', String.raw`{{"\x41\u00e9\101\U0001f600\"\\"}}{{'\n'}}`, 'AéA😀"\\10'],
    [
      'number forms',
      '{{0x1F}} {{0b101}} {{0o17}} {{017}} {{1_000}} {{1e3}} {{.5}} {{0x1p4}}',
      '31 5 15 15 1000 1000 0.5 16',
    ],
    [
      'floats print as %v',
      '{{json 1e21}} {{1e6}} {{123456.5}} {{0.0001}} {{0.00001}}',
      '1e+21 1e+06 123456.5 0.0001 1e-05',
    ],
    [
      'printf flags and widths',
      '{{printf "%5.2f|%-4s|%04d|%+d|%x|%q" 3.14159 "ab" 42 7 255 "x\\n"}}',
      ' 3.14|ab  |0042|+7|ff|"x\\n"',
    ],
    ['printf faults stay in the text', '{{printf "%d %s %z" "x"}}', '%!d(string=x) %!s(MISSING) %!z(MISSING)'],
    [
      'html, js, urlquery',
      '{{html .Text}} {{js "</a>\'"}} {{urlquery "a b&"}}',
      "héllo &lt;b&gt; \\u003C/a\\u003E\\' a+b%26",
    ],
    ['nothing there prints as no value', '{{.Nope}} {{json .Nope}} {{if .Nope}}x{{end}}', '<no value> null '],
  ];
  it.each(cases)('%s', (_name, source, expected) => expect(run(source)).toBe(expected));
});

describe('a fault says what and where', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['the line of a parse fault', 'a\nb\n{{ nope }}', 'template: :3: function "nope" not defined'],
    [
      'a fault in an action over several lines names its start',
      '{{ 1\n"x',
      'template: :2: unterminated quoted string in action started at :1',
    ],
    [
      'line and byte column of an execution fault',
      'é\né {{ .Text.X }}',
      'template: :2:11: executing "" at <.Text.X>: can\'t evaluate field X in type interface {}',
    ],
    [
      'the name of the inner template',
      '{{define "t"}}{{index . 5}}{{end}}{{template "t" .List}}',
      'template: :1:16: executing "t" at <index . 5>: error calling index: index out of range: 5',
    ],
    [
      'a struct type behind a pointer',
      '{{with .Point}}{{.Z}}{{end}}',
      'template: :1:17: executing "" at <.Z>: can\'t evaluate field Z in type *main.point',
    ],
  ];
  it.each(cases)('%s', (_name, source, message) => expect(faultOf(source)).toBe(message));
});

describe('a hostile template meets a limit', () => {
  const nest = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['a loop without end', '{{range 999999999999}}{{end}}', new RegExp(`limit of ${maxSteps} steps`)],
    ['loops in loops', '{{range 9999}}{{range 9999}}{{end}}{{end}}', /steps/],
    [
      'a template that calls itself',
      '{{define "t"}}{{template "t" .}}{{end}}{{template "t" .}}',
      new RegExp(`depth \\(${maxExecutionDepth}\\)`),
    ],
    ['a template that calls the main one', '{{template "" .}}', /depth/],
    [
      'self-calls through blocks and parentheses',
      `{{define "t"}}${nest('{{if ((((.))))}}', '{{end}}', 50).replace('{{end}}', '{{template "t" .}}{{end}}')}{{end}}{{template "t" .}}`,
      /depth/,
    ],
    [
      'text that doubles',
      '{{$x := "0123456789"}}{{range 99}}{{$x = print $x $x}}{{end}}',
      new RegExp(`limit of ${maxTextCharacters} characters`),
    ],
    ['output without end', '{{range 999999}}{{printf "%1000d" 1}}{{end}}', /characters/],
    ['wide fields in one call', `{{printf "${'%999999d'.repeat(99)}" ${'1 '.repeat(99)}}}`, /characters/],
    [
      'reading a long text again and again',
      '{{$x := printf "%999999d" 1}}{{range 999999}}{{if len $x}}{{end}}{{end}}',
      /steps/,
    ],
    ['blocks too deep', nest('{{if 1}}', '{{end}}', 2000), /max expression depth/],
    ['parentheses too deep', `{{${nest('(', ')', 2000)}}}`, /max expression depth/],
    ['else if too long', `{{if 0}}${'{{else if 0}}'.repeat(2000)}{{end}}`, /max expression depth/],
    ['definitions in blocks', '{{block "a" .}}'.repeat(2000), /max expression depth/],
    ['a source too long', 'x'.repeat(maxSourceCharacters + 1), /longer than/],
  ];
  it.each(cases)('%s', (_name, source, message) => expect(faultOf(source)).toMatch(message));
});

describe('a run never takes more steps than its limit', () => {
  it('however loops, calls and assignments are nested', () => {
    const loop = fc.constantFrom(
      '{{range 99}}#{{end}}',
      '{{range $i := 999}}#{{end}}',
      '{{range $.List}}#{{template "t" .}}{{end}}',
      '{{with $.Text}}#{{end}}',
      '{{$x = print $x $x}}#',
      '{{if lt (len $x) 9999}}{{$x = printf "%99d%s" 1 $x}}#{{end}}',
    );
    fc.assert(
      fc.property(fc.array(loop, { maxLength: 6 }), (loops) => {
        const body = loops.reduce((inner, outer) => outer.replace('#', () => inner), 'x{{index $.List 0}}');
        const source = `{{define "t"}}{{range 9}}{{.}}{{end}}{{end}}{{$x := "x"}}${body}`;
        const budget = new CountingBudget();
        try {
          executeGoTemplate(parseGoTemplate(source), data, { budget });
        } catch (thrown) {
          if (!(thrown instanceof CorralError && thrown.code === 'template_failed')) throw thrown;
        }
        // The step that passes the limit is the last one.
        expect(budget.steps).toBeLessThanOrEqual(maxSteps + largestCharge);
      }),
      { numRuns: 8 },
    );
  });

  /** A text as long as the limit on texts, read at once. */
  const largestCharge = maxTextCharacters / 64;

  class CountingBudget extends TemplateBudget {
    steps = 0;

    override chargeStep(count = 1): void {
      this.steps += count;
      super.chargeStep(count);
    }
  }
});

describe('any source gives text or the typed error', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '{{',
      '}}',
      '{{- ',
      ' -}}',
      'if ',
      'range ',
      'with ',
      'else',
      'end',
      'define "a"',
      'template "a" ',
      'block "a" ',
    ),
    fc.constantFrom(
      'break',
      'continue',
      '.List',
      '.Map',
      '.Text',
      '$x',
      '$x := ',
      '$i, $x := ',
      '(',
      ')',
      '|',
      ',',
      '"',
      '`',
      "'",
      '\\',
    ),
    fc.constantFrom(
      'eq ',
      'len ',
      'index ',
      'slice ',
      'printf "%v%d%q%x" ',
      'json ',
      'html ',
      'and ',
      '1',
      '-2.5',
      "'a'",
      'nil',
      'true',
      '\n',
      ' ',
    ),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  it('for random pieces', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(['text', 'template_failed']).toContain(kindOfResult(pieces.join('')));
      }),
      { numRuns: 3000 },
    );
  });

  it('text without an action comes back as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('{{'));
        expect(run(text)).toBe(text);
      }),
    );
  });

  it('a string literal gives its text for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const literal = run(`{{printf "%q" ${JSON.stringify(text).replaceAll('\\/', '/')}}}`);
        expect(run(`{{${literal}}}`)).toBe(text);
      }),
    );
  });
});

describe('cutting a template behind a field', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['what follows goes', 'a{{.Text}}b{{.Count}}', 'ahéllo <b>'],
    ['inside a branch, and behind it', '{{if .Yes}}a{{.Text}}b{{else}}c{{end}}d', 'ahéllo <b>'],
    ['a condition does not count', '{{if .Text}}a{{end}}b', 'ab'],
    ['later arguments go', '{{print "x" .Text "y"}}z', 'xhéllo <b>'],
    ['without the field nothing goes', 'a{{.Count}}b', 'a7b'],
  ];
  it.each(cases)('%s', (_name, source, expected) =>
    expect(executeGoTemplate(cutAfterField(parseGoTemplate(source), 'Text'), data)).toBe(expected),
  );
});
