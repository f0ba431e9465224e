import { buildStateTable } from '../automaton/state-table.ts';
import { multipleAutomaton } from '../automaton/multiple-automaton.ts';
import { lengthAutomaton } from '../automaton/text-automaton.ts';
import { type GrammarExpression, nothingMatches } from '../grammar/grammar-expression.ts';
import { numberPatterns, numberShape } from '../schema/number-shape.ts';
import type { SchemaObject } from '../schema/schema-document.ts';
import { patternAutomaton } from '../schema/string-shape.ts';
import { integerRule, numberRule } from './generic-rules.ts';
import type { RuleMaker } from './rule-maker.ts';
import { asItIs, tableRules } from './table-rules.ts';

/** Digits, and a sign, of multiples that would take too many states with 16 of them. */
const shorterLengths = [9, 6, 4];

/** The numbers that a branch allows. In a range they are written without exponent. */
export function numbersOf(
  maker: RuleMaker,
  nodes: readonly SchemaObject[],
  integers: boolean,
  hint: string,
): GrammarExpression {
  const { document, builder } = maker;
  const shape = numberShape(document, nodes, integers);
  if (shape.lower > shape.upper) return nothingMatches;
  if (shape.lower === -Infinity && shape.upper === Infinity && shape.step === 1) {
    return shape.integers ? integerRule(maker) : numberRule(maker);
  }
  return builder.shared(`numbers ${JSON.stringify(shape)}`, () => {
    const node = nodes[0] ?? {};
    const automata = numberPatterns(shape).map((pattern) => patternAutomaton(document, node, 'minimum', pattern));
    if (shape.step > 1) automata.push(multipleAutomaton(shape.step));
    const spend = (steps: number): void => document.spend(steps);
    let table = buildStateTable(automata, { spend });
    // Remainders multiply with the digits counted; where that is too much, large numbers are left out.
    for (const length of shape.step > 1 ? shorterLengths : []) {
      table ??= buildStateTable([...automata, lengthAutomaton(0, length)], { spend });
    }
    if (table === undefined) throw document.refuse(node, undefined, 'the range of a number is too large to write out');
    return tableRules(table, { builder, hint, encoding: asItIs });
  });
}
