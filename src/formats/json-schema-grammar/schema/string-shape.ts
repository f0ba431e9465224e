/** What a branch says of strings, as automata that can be run together. */
import { parseRegex } from '../automaton/regex-parser.ts';
import { regexAutomaton } from '../automaton/regex-automaton.ts';
import { lengthAutomaton, type TextAutomaton } from '../automaton/text-automaton.ts';
import type { SchemaDocument, SchemaObject } from './schema-document.ts';
import { countKeyword, stringKeyword } from './schema-keywords.ts';
import { annotationFormats, stringFormats } from './string-formats.ts';
import { numberFormats } from './value-kinds.ts';

export interface StringShape {
  /** The regular expressions that must all match, formats among them. */
  readonly patterns: readonly string[];
  /** Their automata, in the same order. */
  readonly automata: readonly TextAutomaton[];
  /** In code points; `most` may be Infinity. */
  readonly least: number;
  readonly most: number;
  /** The schema to name when something about the string is refused. */
  readonly node: SchemaObject | undefined;
}

export function stringShape(document: SchemaDocument, nodes: readonly SchemaObject[]): StringShape {
  const patterns = new Map<string, TextAutomaton>();
  let least = 0;
  let most = Infinity;
  for (const node of nodes) {
    least = Math.max(least, countKeyword(document, node, 'minLength') ?? 0);
    most = Math.min(most, countKeyword(document, node, 'maxLength') ?? Infinity);
    for (const key of ['pattern', 'format'] as const) {
      const pattern = key === 'pattern' ? stringKeyword(document, node, key) : formatPattern(document, node);
      if (pattern !== undefined && !patterns.has(pattern))
        patterns.set(pattern, patternAutomaton(document, node, key, pattern));
    }
  }
  return { patterns: [...patterns.keys()], automata: [...patterns.values()], least, most, node: nodes[0] };
}

/** All of the shape's restrictions as automata. */
export function stringAutomata(shape: StringShape): TextAutomaton[] {
  const bounded = shape.least > 0 || shape.most < Infinity;
  return bounded ? [...shape.automata, lengthAutomaton(shape.least, shape.most)] : [...shape.automata];
}

function formatPattern(document: SchemaDocument, node: SchemaObject): string | undefined {
  const format = stringKeyword(document, node, 'format');
  if (format === undefined || annotationFormats.has(format) || numberFormats.has(format)) return undefined;
  const pattern = stringFormats.get(format);
  if (pattern === undefined) {
    throw document.refuse(
      node,
      'format',
      `the string format ${JSON.stringify(format.slice(0, 50))} cannot be enforced`,
    );
  }
  return pattern;
}

const knownAutomata = new WeakMap<SchemaDocument, Map<string, TextAutomaton>>();

/** The automaton of one regular expression, made once per document; `key` of `node` is named when it is refused. */
export function patternAutomaton(
  document: SchemaDocument,
  node: SchemaObject,
  key: string,
  pattern: string,
): TextAutomaton {
  const known = knownAutomata.get(document) ?? new Map<string, TextAutomaton>();
  knownAutomata.set(document, known);
  const made = known.get(pattern);
  if (made !== undefined) return made;
  const options = {
    refuse: (reason: string) => document.refuse(node, key, reason),
    spend: (steps: number) => document.spend(steps),
  };
  const automaton = regexAutomaton(parseRegex(pattern, options.refuse), options);
  known.set(pattern, automaton);
  return automaton;
}
