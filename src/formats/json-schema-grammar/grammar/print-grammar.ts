/**
 * Prints rules as GBNF, the notation of llama.cpp's grammar parser. Everything but letters, digits and a few signs is written as an
 * escape: the parser knows only `\\ \" \[ \] \-`, three letters and hexadecimal forms.
 */
import type { CodePointSet } from '../automaton/code-point-set.ts';
import type { GrammarExpression } from './grammar-expression.ts';

/** The text of the grammar, `root` first. */
export function printGrammar(rules: ReadonlyMap<string, GrammarExpression>): string {
  return [...rules].map(([name, expression]) => `${name} ::= ${print(expression, 'rule')}\n`).join('');
}

/** What stands around an expression decides whether it needs parentheses. */
type Surroundings = 'rule' | 'sequence' | 'repeat';

function print(expression: GrammarExpression, around: Surroundings): string {
  switch (expression.kind) {
    case 'text':
      return printText(expression.text);
    case 'characters':
      return printSet(expression.set);
    case 'rule':
      return expression.name;
    case 'sequence': {
      const items = joinTexts(expression.items).map((item) => print(item, 'sequence'));
      const printed = items.length === 0 ? '""' : items.join(' ');
      return around === 'repeat' ? `(${printed})` : printed;
    }
    case 'choice': {
      const printed = expression.options.map((option) => print(option, 'sequence')).join(' | ');
      return around === 'rule' ? printed : `(${printed})`;
    }
    case 'repeat':
      break;
  }
  if (expression.least === 1 && expression.most === 1) return print(expression.item, around);
  return `${print(expression.item, 'repeat')}${printCount(expression.least, expression.most)}`;
}

function joinTexts(items: readonly GrammarExpression[]): GrammarExpression[] {
  const joined: GrammarExpression[] = [];
  for (const item of items) {
    const previous = joined.at(-1);
    if (item.kind === 'text' && previous?.kind === 'text') {
      joined[joined.length - 1] = { kind: 'text', text: previous.text + item.text };
    } else joined.push(item);
  }
  return joined;
}

function printCount(least: number, most: number): string {
  if (least === 0 && most === 1) return '?';
  if (most === Infinity) return least === 0 ? '*' : least === 1 ? '+' : `{${least},}`;
  return least === most ? `{${least}}` : `{${least},${most}}`;
}

const textEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function printText(content: string): string {
  const characters = Array.from(content, (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    const plain = (codePoint >= 0x20 && codePoint < 0x7f) || codePoint > 0xa0;
    return textEscapes.get(character) ?? (plain ? character : printEscape(codePoint));
  });
  return `"${characters.join('')}"`;
}

function printSet(set: CodePointSet): string {
  const ranges = set.map(([first, last]) => {
    if (first === last) return printMember(first);
    return `${printMember(first)}${last === first + 1 ? '' : '-'}${printMember(last)}`;
  });
  return `[${ranges.join('')}]`;
}

function printMember(codePoint: number): string {
  const character = String.fromCodePoint(codePoint);
  return /[A-Za-z0-9_.,:;/+*=@!#%&$~'(){}<>?| ]/.test(character)
    ? character
    : (textEscapes.get(character) ?? printEscape(codePoint));
}

function printEscape(codePoint: number): string {
  const digits = codePoint.toString(16).toUpperCase();
  if (codePoint <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return codePoint <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}
