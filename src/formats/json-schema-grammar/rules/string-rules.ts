import { buildStateTable, type StateTable, tableAutomaton } from '../automaton/state-table.ts';
import { acceptsText, lengthAutomaton, otherTextAutomaton, type TextAutomaton } from '../automaton/text-automaton.ts';
import { choice, type GrammarExpression, nothingMatches, sequence, text } from '../grammar/grammar-expression.ts';
import type { StringForm } from '../notation/value-notation.ts';
import { schemaLimits } from '../schema-limits.ts';
import type { SchemaNode, SchemaObject } from '../schema/schema-document.ts';
import { branchesOf } from '../schema/schema-branches.ts';
import { type StringShape, stringShape } from '../schema/string-shape.ts';
import { allowedValues } from '../schema/allowed-values.ts';
import { satisfiesAll } from '../schema/value-check.ts';
import { declaredKinds } from '../schema/value-kinds.ts';
import { characterRule, stringRule } from './generic-rules.ts';
import type { RuleMaker } from './rule-maker.ts';
import { tableRules } from './table-rules.ts';

/** The strings that a branch allows. */
export function stringsOf(maker: RuleMaker, nodes: readonly SchemaObject[], hint: string): GrammarExpression {
  return stringsOfShape(maker, stringShape(maker.document, nodes), hint, []);
}

/**
 * The strings that may name a member none of `taken` names, all of `schemas` holding and `automata` accepting. Names have one spelling each: with `\u0061` for
 * `a` a model could give a declared member a value its schema forbids.
 */
export function otherNames(
  maker: RuleMaker,
  schemas: readonly SchemaNode[],
  taken: readonly string[],
  automata: readonly TextAutomaton[],
): GrammarExpression {
  const { document } = maker;
  const { keys } = maker.notation;
  const excluded = taken.length === 0 ? automata : [...automata, otherTextAutomaton(taken)];
  if (schemas.length === 0) return stringsOfForm(maker, keys, stringShape(document, []), 'name', excluded);
  const options: GrammarExpression[] = [];
  for (const { nodes } of branchesOf(document, schemas)) {
    if (!declaredKinds(document, nodes).kinds.has('string')) continue;
    const values = nodes.map((node) => allowedValues(document, node)).find((list) => list !== undefined);
    if (values === undefined) options.push(stringsOfForm(maker, keys, stringShape(document, nodes), 'name', excluded));
    else {
      const names = values.filter((value) => typeof value === 'string' && !taken.includes(value));
      const allowed = names.filter(
        (name) =>
          satisfiesAll(document, name, schemas) && automata.every((automaton) => acceptsText(automaton, String(name))),
      );
      const written = allowed.map((name) => writtenBy(maker.notation.keys, String(name)));
      options.push(...written.filter((name) => name !== undefined).map(text));
    }
  }
  return options.length === 0 ? nothingMatches : { kind: 'choice', options };
}

/** Any string. */
export function anyString(maker: RuleMaker): GrammarExpression {
  return stringsOfShape(maker, stringShape(maker.document, []), 'string', []);
}

/** Any name of a member. */
export function anyKey(maker: RuleMaker): GrammarExpression {
  return stringsOfForm(maker, maker.notation.keys, stringShape(maker.document, []), 'name', []);
}

/** A member's name written out. Throws where the notation has no way to write it. */
export function namedKey({ document, notation }: RuleMaker, node: SchemaObject, name: string): GrammarExpression {
  const written = writtenBy(notation.keys, name);
  if (written !== undefined) return text(written);
  const shown = JSON.stringify(name.slice(0, 50));
  throw document.refuse(node, 'properties', `the model has no way to write a value of the name ${shown}`);
}

/** `content` in this form; undefined where it can't hold it. */
export function writtenBy({ open, close, restrictions, write }: StringForm, content: string): string | undefined {
  const fits = restrictions.every((automaton) => acceptsText(automaton, content));
  return fits ? open + write(content) + close : undefined;
}

function stringsOfShape(
  maker: RuleMaker,
  shape: StringShape,
  hint: string,
  excluded: readonly TextAutomaton[],
): GrammarExpression {
  return choice(maker.notation.strings.map((form) => stringsOfForm(maker, form, shape, hint, excluded)));
}

function stringsOfForm(
  { document, builder }: RuleMaker,
  form: StringForm,
  shape: StringShape,
  hint: string,
  excluded: readonly TextAutomaton[],
): GrammarExpression {
  const { least, most } = shape;
  if (least > most) return nothingMatches;
  const automata = [...shape.automata, ...excluded];
  if (automata.length + form.restrictions.length === 0) {
    if (least === 0 && most === Infinity) return stringRule(builder);
    const atMost = most === Infinity ? most : Math.min(most, schemaLimits.mostCount);
    const characters = builder.repeat(characterRule(builder), least, atMost);
    return builder.shared(`length ${least} ${most}`, () =>
      builder.define('text', sequence(text('"'), characters, text('"'))),
    );
  }
  const make = (): GrammarExpression => {
    const isRestricted = form.restrictions.length > 0;
    const table =
      (isRestricted ? fullTable(document, [...automata, ...form.restrictions], least, most) : undefined) ??
      boundedTable(document, [...automata, ...form.coarse], least, most);
    if (table === undefined) {
      throw document.refuse(shape.node ?? {}, undefined, 'the patterns and lengths of a string are too large together');
    }
    const content = tableRules(table, { builder, hint, encoding: form });
    return builder.define(hint, sequence(text(form.open), content, text(form.close)));
  };
  if (excluded.length > 0) return make();
  return builder.shared(`strings ${form.name} ${JSON.stringify([shape.patterns, least, most])}`, make);
}

/** The table of all the restrictions, where it isn't too large; of those of a form of writing there are coarser ones for that. */
function fullTable(
  document: RuleMaker['document'],
  automata: readonly TextAutomaton[],
  least: number,
  most: number,
): StateTable | undefined {
  // Counting so far takes at least a state for each character.
  if (most !== Infinity && most > schemaLimits.automatonStates) return undefined;
  const counted = least === 0 && most === Infinity ? [] : [lengthAutomaton(least, most)];
  return buildStateTable([...automata, ...counted], { spend: (steps) => document.spend(steps) });
}

/**
 * The table of all the restrictions. Counting multiplies the states of a pattern by the length; when that is too much, the largest
 * length is halved until it fits. Such strings are shorter than they might be, and valid.
 */
function boundedTable(
  document: RuleMaker['document'],
  automata: readonly TextAutomaton[],
  least: number,
  most: number,
): StateTable | undefined {
  const spend = (steps: number): void => document.spend(steps);
  const table = buildStateTable(automata, { spend });
  if (table === undefined || table.length === 0 || (least === 0 && most === Infinity)) return table;
  const uncounted = tableAutomaton(table);
  const fitting = Math.floor(schemaLimits.automatonStates / table.length);
  for (let limit = most; ; limit = Math.max(least, limit > fitting ? fitting : Math.floor(limit / 2))) {
    const counted = buildStateTable([uncounted, lengthAutomaton(least, limit)], { spend });
    if (counted !== undefined || limit === least || limit === Infinity) return counted;
  }
}
