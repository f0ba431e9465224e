import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { regexAutomaton } from './regex-automaton.ts';
import { parseRegex } from './regex-parser.ts';
import { buildStateTable, tableAutomaton } from './state-table.ts';
import { acceptsText, lengthAutomaton, otherTextAutomaton, type TextAutomaton } from './text-automaton.ts';

const free = { spend: (): void => undefined };

function automatonOf(pattern: string): TextAutomaton {
  const refuse = (reason: string): Error => new Error(reason);
  return regexAutomaton(parseRegex(pattern, refuse), { refuse, ...free });
}

const atoms = [
  'a',
  'b',
  '1',
  '.',
  '\\d',
  '\\w',
  '\\s',
  '\\S',
  '[ab]',
  '[^a]',
  '[a-c-]',
  '\\.',
  '\\u0061',
  '\\x62',
  'é',
  '\\p{L}',
  '😀',
  '"',
  '\\\\',
];
const quantifiers = ['', '', '', '*', '+', '?', '{2}', '{1,2}', '{1,}', '*?'];

const pattern = fc.letrec<{ choice: string; sequence: string; item: string }>((tie) => ({
  choice: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((options) => options.join('|')),
  sequence: fc.array(tie('item'), { maxLength: 4 }).map((items) => items.join('')),
  item: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(fc.constantFrom(...atoms), fc.constantFrom(...quantifiers)).map(([atom, quantifier]) => atom + quantifier),
    fc.constantFrom('^', '$'),
    fc
      .tuple(tie('choice'), fc.constantFrom('(', '(?:', '(?<n>'), fc.constantFrom('', '*', '+', '?', '{0,2}'))
      .map(([content, open, quantifier]) => {
        const inner = open === '(?<n>' ? content.replaceAll('(?<n>', '(?:') : content;
        return `${open}${inner.replaceAll('(?<n>', '(')})${quantifier}`;
      }),
  ),
})).choice;
const subject = fc
  .array(fc.constantFrom('a', 'b', 'c', '1', ' ', '\n', 'é', '😀', '.', '-', '"', '\\'), { maxLength: 6 })
  .map((parts) => parts.join(''));

function compiled(source: string): RegExp | undefined {
  try {
    return new RegExp(source, 'u');
  } catch {
    return undefined; // two groups of one name
  }
}

describe('a regular expression as an automaton', () => {
  test('matches what the runtime matches', () => {
    let compared = 0;
    fc.assert(
      fc.property(pattern, fc.array(subject, { minLength: 1, maxLength: 8 }), (source, subjects) => {
        const expression = compiled(source);
        if (expression === undefined) return;
        const automaton = automatonOf(source);
        const table = buildStateTable([automaton], free);
        for (const each of subjects) {
          const matches = [automaton, ...(table === undefined ? [] : [tableAutomaton(table)])].map((one) =>
            acceptsText(one, each),
          );
          expect(matches).toEqual(matches.map(() => expression.test(each)));
          compared++;
        }
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(300);
  });

  test.each([
    ['escapes of control characters', '^\\t\\n\\v\\f\\r\\0\\cJ$', '\t\n\v\f\r\0\n'],
    ['a surrogate pair in two escapes', '^\\ud83d\\ude00$', '😀'],
    ['a code point in braces', '^\\u{1f600}$', '😀'],
    ['an escape of punctuation that the u flag forbids', '^\\@\\-$', '@-'],
    ['a class of everything', '^[^]$', '\n'],
    ['a backspace in a class', '^[\\b]$', '\b'],
    ['a dash between classes', '^[\\w-\\.]{3}$', 'a-.'],
    ['a property that is negated', '^\\P{L}$', '1'],
  ])('knows %s', (_, source, text) => {
    expect(acceptsText(automatonOf(source), text)).toBe(true);
  });

  test.each([
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '(?<!a)',
    '\\b',
    '\\B',
    '(a)\\1',
    '(?<n>a)\\k<n>',
    '(',
    'a{2,1}',
    'a{',
    '\\p{Nonsense}',
    '[b-a]',
  ])('refuses %s', (source) => {
    expect(() => automatonOf(source)).toThrow(/regular expression/);
  });

  test('random text is a pattern or is refused with the given error', () => {
    class Refused extends Error {}
    const refuse = (reason: string): Error => new Refused(reason);
    const outcome = (source: string): string => {
      try {
        return typeof acceptsText(regexAutomaton(parseRegex(source, refuse), { refuse, ...free }), 'ab');
      } catch (error) {
        return error instanceof Refused ? 'refused' : String(error);
      }
    };
    const letters = Array.from('()[]{}\\|*+?^$.,-:=!<>01abdpuxcPLé\ud800');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...letters) }), (source) => {
        expect(['boolean', 'refused']).toContain(outcome(source));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('automata side by side', () => {
  test('accept what each of them accepts', () => {
    fc.assert(
      fc.property(
        pattern,
        pattern,
        fc.nat(3),
        fc.nat(4),
        fc.array(subject, { minLength: 1, maxLength: 8 }),
        (one, other, least, more, subjects) => {
          if (compiled(one) === undefined || compiled(other) === undefined) return;
          const automata = [
            automatonOf(one),
            automatonOf(other),
            lengthAutomaton(least, least + more),
            otherTextAutomaton(['a', 'ab', '']),
          ];
          const table = buildStateTable(automata, free);
          if (table === undefined) return;
          for (const each of subjects) {
            expect(acceptsText(tableAutomaton(table), each)).toBe(
              automata.every((automaton) => acceptsText(automaton, each)),
            );
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('have no state that leads nowhere', () => {
    expect(buildStateTable([automatonOf('^a{5}$'), lengthAutomaton(0, 4)], free)).toEqual([]);
    expect(buildStateTable([automatonOf('^(a|bc)$'), lengthAutomaton(1, 1)], free)).toHaveLength(2);
  });

  test('give up beyond the number of states', () => {
    expect(buildStateTable([automatonOf('^a{50}$')], { ...free, mostStates: 20 })).toBeUndefined();
  });
});
