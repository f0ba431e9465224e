import { regexAutomaton } from './regex-automaton.ts';
import { parseRegex } from './regex-parser.ts';
import type { TextAutomaton } from './text-automaton.ts';

/** The automaton of a regular expression of our own, which searches as those of schemas do. */
export function knownPattern({ source }: RegExp): TextAutomaton {
  const refuse = (reason: string): Error => new Error(`the expression ${source} is no good: ${reason}`);
  return regexAutomaton(parseRegex(source, refuse), { refuse, spend: () => undefined });
}
