/**
 * Parses ECMAScript regular expressions, the dialect JSON Schema names, into a tree that an automaton can run. What looks around or
 * back (lookahead, lookbehind, `\b`, back references) or changes flags is not a plain regular language here and is refused by name.
 * Laziness (`*?`) changes which match is found, not which texts match, so it is read and forgotten.
 */
import { schemaLimits } from '../schema-limits.ts';
import { type CodePointSet, codePointSet, complement } from './code-point-set.ts';
import { anyButLineEnd, classEscapes, unicodeProperty } from './regex-classes.ts';
import type { RegexNode } from './regex-node.ts';

/** Groups within groups. The parser recurses; patterns people write stay below ten. */
const groupDepth = 50;

const controlEscapes: ReadonlyMap<string, number> = new Map([
  ['t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
  ['0', 0x00],
]);

/** The tree of `pattern`. `refuse` makes the error that is thrown from a reason. */
export function parseRegex(pattern: string, refuse: (reason: string) => Error): RegexNode {
  if (pattern.length > schemaLimits.patternLength) throw refuse('the regular expression is too long');
  if (!isEcmaScript(pattern)) throw refuse('not a valid regular expression');
  return new RegexParser(pattern, refuse).parse();
}

/** The runtime's own parser decides what is well formed; escapes of punctuation such as `\@`, invalid under `u`, are common. */
function isEcmaScript(pattern: string): boolean {
  for (const flags of /\\[pPu]/.test(pattern) ? ['u'] : ['u', '']) {
    try {
      return new RegExp(pattern, flags) instanceof RegExp;
    } catch {
      continue; // the error's text helps nobody: it names no position
    }
  }
  return false;
}

class RegexParser {
  readonly #characters: readonly string[];
  readonly #refuse: (reason: string) => Error;
  #position = 0;
  #depth = 0;

  constructor(pattern: string, refuse: (reason: string) => Error) {
    this.#characters = Array.from(pattern);
    this.#refuse = refuse;
  }

  parse(): RegexNode {
    const tree = this.#choice();
    if (this.#position < this.#characters.length) throw this.#refuse('unbalanced ")" in the regular expression');
    return tree;
  }

  #choice(): RegexNode {
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: 'choice', options };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    while (this.#position < this.#characters.length && !this.#sees('|') && !this.#sees(')')) {
      items.push(this.#repeated(this.#atom()));
    }
    return { kind: 'sequence', items };
  }

  #atom(): RegexNode {
    const character = this.#next();
    switch (character) {
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '.':
        return { kind: 'characters', set: anyButLineEnd };
      case '(':
        return this.#group();
      case '[':
        return { kind: 'characters', set: this.#class() };
      case '\\':
        return { kind: 'characters', set: this.#escape(false) };
      default:
        return { kind: 'characters', set: single(character) };
    }
  }

  #group(): RegexNode {
    if (++this.#depth > groupDepth) throw this.#refuse('the regular expression has too many groups within groups');
    if (this.#take('?')) {
      if (this.#take('<') && !this.#sees('=') && !this.#sees('!')) this.#until('>');
      else if (!this.#take(':')) throw this.#refuse('lookaround and flags in a regular expression cannot be enforced');
    }
    const content = this.#choice();
    if (!this.#take(')')) throw this.#refuse('unbalanced "(" in the regular expression');
    this.#depth--;
    return content;
  }

  #repeated(item: RegexNode): RegexNode {
    const bounds = this.#quantifier();
    if (bounds === undefined) return item;
    this.#take('?'); // lazy: the same texts match
    if (bounds.least > schemaLimits.patternNodes)
      throw this.#refuse('a repetition in the regular expression is too large');
    return { kind: 'repeat', item, ...bounds };
  }

  #quantifier(): { least: number; most: number } | undefined {
    if (this.#take('*')) return { least: 0, most: Infinity };
    if (this.#take('+')) return { least: 1, most: Infinity };
    if (this.#take('?')) return { least: 0, most: 1 };
    const rest = this.#characters.slice(this.#position, this.#position + 24).join('');
    const counts = /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(rest);
    if (counts === null) {
      if (this.#sees('{')) throw this.#refuse('a "{" in the regular expression is not a repetition; write it as "\\{"');
      return undefined;
    }
    this.#position += counts[0].length;
    const least = Number(counts[1]);
    const most = counts[2] === undefined ? least : counts[3] === '' ? Infinity : Number(counts[3]);
    return { least, most };
  }

  #class(): CodePointSet {
    const negated = this.#take('^');
    const ranges: (readonly [number, number])[] = [];
    while (!this.#take(']')) {
      const first = this.#classMember();
      const [low] = first;
      const isRange = this.#sees('-') && this.#characters[this.#position + 1] !== ']' && first.length === 1;
      if (!isRange || low === undefined || low[0] !== low[1]) {
        ranges.push(...first);
        continue;
      }
      this.#position++;
      const last = this.#classMember();
      const [high] = last;
      const isCharacter = last.length === 1 && high !== undefined && high[0] === high[1];
      if (isCharacter) ranges.push([low[0], high[0]]);
      else ranges.push(...first, [0x2d, 0x2d], ...last); // `[a-\d]`: the dash stands for itself
    }
    const set = codePointSet(ranges);
    return negated ? complement(set) : set;
  }

  #classMember(): CodePointSet {
    const character = this.#next();
    return character === '\\' ? this.#escape(true) : single(character);
  }

  #escape(inClass: boolean): CodePointSet {
    const letter = this.#next();
    const named = classEscapes.get(letter);
    if (named !== undefined) return named;
    const control = controlEscapes.get(letter);
    if (control !== undefined && !(letter === '0' && /\d/.test(this.#characters[this.#position] ?? ''))) {
      return [[control, control]];
    }
    if (letter === 'b' && inClass) return [[0x08, 0x08]];
    if (letter === 'x') return this.#hexadecimal(2);
    if (letter === 'u') return this.#unicodeEscape();
    if (letter === 'p' || letter === 'P') return this.#property(letter === 'P');
    if (letter === 'c') return [[(this.#next().codePointAt(0) ?? 0) % 32, (this.#previous().codePointAt(0) ?? 0) % 32]];
    if (/[A-Za-z0-9]/.test(letter)) throw this.#refuse(`"\\${letter}" in a regular expression cannot be enforced`);
    return single(letter);
  }

  #unicodeEscape(): CodePointSet {
    if (this.#take('{')) return point(Number.parseInt(this.#until('}'), 16));
    const [unit] = this.#hexadecimal(4);
    const high = unit?.[0] ?? 0;
    const pair = /^\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(
      this.#characters.slice(this.#position, this.#position + 6).join(''),
    );
    if (high < 0xd800 || high > 0xdbff || pair === null) return point(high);
    this.#position += 6;
    return point(0x10000 + (high - 0xd800) * 0x400 + (Number.parseInt(pair[1] ?? '', 16) - 0xdc00));
  }

  #hexadecimal(length: number): CodePointSet {
    const text = this.#characters.slice(this.#position, this.#position + length).join('');
    this.#position += length;
    if (!/^[0-9a-fA-F]+$/.test(text) || text.length !== length) {
      throw this.#refuse('a hexadecimal escape in the regular expression is incomplete');
    }
    return point(Number.parseInt(text, 16));
  }

  #property(negated: boolean): CodePointSet {
    if (!this.#take('{')) throw this.#refuse('"\\p" in a regular expression needs a name in braces');
    const set = unicodeProperty(this.#until('}'));
    if (set === undefined) throw this.#refuse('unknown Unicode property in the regular expression');
    return negated ? complement(set) : set;
  }

  #until(end: string): string {
    let text = '';
    for (let character = this.#next(); character !== end; character = this.#next()) text += character;
    return text;
  }

  #next(): string {
    const character = this.#characters[this.#position++];
    if (character === undefined) throw this.#refuse('the regular expression ends too early');
    return character;
  }

  #previous(): string {
    return this.#characters[this.#position - 1] ?? '';
  }

  #sees(character: string): boolean {
    return this.#characters[this.#position] === character;
  }

  #take(character: string): boolean {
    if (!this.#sees(character)) return false;
    this.#position++;
    return true;
  }
}

function single(character: string): CodePointSet {
  return point(character.codePointAt(0) ?? 0);
}

/** A surrogate's set stays as it is, so that it can end a range; `codePointSet` takes it out later. */
function point(codePoint: number): CodePointSet {
  return [[codePoint, codePoint]];
}
