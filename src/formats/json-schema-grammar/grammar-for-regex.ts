import { regexAutomaton } from './automaton/regex-automaton.ts';
import { parseRegex } from './automaton/regex-parser.ts';
import { buildStateTable } from './automaton/state-table.ts';
import { CorralError } from '../../core/corral-error.ts';
import { GrammarBuilder } from './grammar/grammar-builder.ts';
import { printGrammar } from './grammar/print-grammar.ts';
import { pruneGrammar } from './grammar/prune-grammar.ts';
import { asItIs, tableRules } from './rules/table-rules.ts';
import { schemaLimits } from './schema-limits.ts';

/**
 * The GBNF grammar of the texts that `pattern`, a regular expression of ECMAScript, matches from beginning to end. The expression
 * becomes a deterministic automaton first, so it costs the same whatever it is.
 *
 * Throws `invalid_format` (400) that names what cannot be enforced (look around, back references, word boundaries), and for an
 * expression that is malformed, too large, or matched by no text.
 */
export function grammarForRegex(pattern: string): string {
  if (pattern.length > schemaLimits.patternLength) {
    throw refusePattern(`the regular expression has more than ${schemaLimits.patternLength} characters`);
  }
  let work = 0;
  const options = {
    refuse: refusePattern,
    spend(steps: number): void {
      work += steps;
      if (work > schemaLimits.work) throw refusePattern('the regular expression takes too much work to enforce');
    },
  };
  // By itself first: a stray ")" must not close the group around it.
  parseRegex(pattern, refusePattern);
  const automaton = regexAutomaton(parseRegex(`^(?:${pattern})$`, refusePattern), options);
  const table = buildStateTable([automaton], options);
  if (table === undefined) throw refusePattern('the regular expression has too many states to enforce');
  if (table.length === 0) throw refusePattern('no text matches the regular expression');
  const builder = new GrammarBuilder(() => refusePattern('the grammar of the regular expression is too large'));
  builder.setRule('root', tableRules(table, { builder, hint: 'state', encoding: asItIs }));
  const rules = pruneGrammar(builder.rules, 'root');
  if (rules === undefined) throw refusePattern('no text matches the regular expression');
  return printGrammar(rules);
}

function refusePattern(reason: string): CorralError {
  return new CorralError('invalid_format', `invalid format: ${reason} at /pattern`, {
    status: 400,
    hint: 'Change the named part of the regular expression in the format field.',
  });
}
