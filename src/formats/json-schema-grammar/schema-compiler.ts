/**
 * From a schema to the rules of a grammar.
 *
 * The unit is a *set of subschemas that must all hold* for one value; it gets one rule, made once. `$ref`, allOf, anyOf and oneOf turn
 * such a set into branches (schema/schema-branches.ts), each branch into alternatives by kind of value (rules/). Members and items
 * are sets again, so a recursive schema comes back to a set that has its rule already, and allOf over recursive schemas ends as well:
 * a document has finitely many subschemas. Sets wait in a list rather than on the stack, so no schema can exhaust it.
 *
 *   schema/     what the schema says: branches, kinds, shapes of objects, arrays, strings, numbers
 *   automaton/  regular expressions, lengths and ranges run together as one deterministic automaton
 *   notation/   how values are written: as JSON, or as models do that call tools in another way
 *   rules/      shapes as grammar expressions
 *   grammar/    expressions collected, pruned of what cannot be completed, printed as GBNF
 */
import { GrammarBuilder } from './grammar/grammar-builder.ts';
import { choice, type GrammarExpression, nothingMatches, rule } from './grammar/grammar-expression.ts';
import { refuseSchema } from './refuse-schema.ts';
import { arraysOf } from './rules/array-rules.ts';
import type { ValueNotation } from './notation/value-notation.ts';
import { valueRule } from './rules/free-rules.ts';
import { booleanRule, isRuleOfKind, nullRule } from './rules/generic-rules.ts';
import { literalsOf } from './rules/literal-rules.ts';
import { numbersOf } from './rules/number-rules.ts';
import { objectsOf } from './rules/object-rules.ts';
import type { RuleMaker } from './rules/rule-maker.ts';
import { stringsOf } from './rules/string-rules.ts';
import { neverSatisfies } from './schema/branch-conflict.ts';
import { branchesOf, type SchemaBranch } from './schema/schema-branches.ts';
import type { SchemaDocument, SchemaNode, SchemaObject } from './schema/schema-document.ts';
import { allowedValues } from './schema/allowed-values.ts';
import { satisfiesBranch } from './schema/value-check.ts';
import { meantKinds, type ValueKind, valueKinds } from './schema/value-kinds.ts';

/** The rules of the values of `document`, the first of them under `root`. */
export function compileSchema(
  document: SchemaDocument,
  root: string,
  notation: ValueNotation,
): ReadonlyMap<string, GrammarExpression> {
  const compiler = new SchemaCompiler(document);
  const schema = document.asSchema({}, '', document.root);
  compiler.builder.setRule(root, compiler.makerOf(notation).valueOf([schema], 'root'));
  compiler.finish();
  return compiler.builder.rules;
}

interface WaitingSet {
  readonly maker: RuleMaker;
  readonly name: string;
  readonly schemas: readonly SchemaNode[];
  readonly hint: string;
}

class SchemaCompiler {
  readonly document: SchemaDocument;
  readonly builder = new GrammarBuilder(() => refuseSchema('', 'the grammar of the JSON Schema is too large'));
  readonly #waiting: WaitingSet[] = [];
  readonly #makers = new Map<ValueNotation, RuleMaker>();

  constructor(document: SchemaDocument) {
    this.document = document;
  }

  makerOf(notation: ValueNotation): RuleMaker {
    const known = this.#makers.get(notation);
    if (known !== undefined) return known;
    const maker: RuleMaker = {
      document: this.document,
      builder: this.builder,
      notation,
      valueOf: (schemas, hint) => this.#valueOf(maker, schemas, hint),
      inside: (schemas) => this.makerOf(notation.inside(schemas)),
    };
    this.#makers.set(notation, maker);
    return maker;
  }

  #valueOf(maker: RuleMaker, schemas: readonly SchemaNode[], hint: string): GrammarExpression {
    const meant = schemas.map((schema) => this.#withoutReference(schema));
    if (meant.includes(false)) return nothingMatches;
    const distinct = [...new Set(meant.filter((schema) => typeof schema === 'object'))];
    if (distinct.length === 0) return valueRule(maker);
    this.document.spend(distinct.length);
    const numbers = distinct.map((schema) => this.document.numberOf(schema)).sort((a, b) => a - b);
    return this.builder.shared(`${maker.notation.name} set of ${numbers.join()}`, () => {
      const name = this.builder.reserve(hint);
      this.#waiting.push({ maker, name, schemas: distinct, hint });
      return rule(name);
    });
  }

  /** Makes the rules of the sets still waiting, and of those that they bring. */
  finish(): void {
    for (let set = this.#waiting.pop(); set !== undefined; set = this.#waiting.pop()) {
      const { maker, hint } = set;
      const options = branchesOf(this.document, set.schemas).flatMap((branch) => this.#branch(maker, branch, hint));
      this.builder.setRule(set.name, choice(withoutRepeats(options)));
    }
  }

  /** What `schema` refers to, where it says nothing else: all references to one definition then share its rule. */
  #withoutReference(schema: SchemaNode): SchemaNode {
    const seen = new Set<SchemaNode>();
    let current = schema;
    while (typeof current === 'object' && isMereReference(current) && !seen.has(current)) {
      seen.add(current);
      current = this.document.resolve(current);
    }
    return current;
  }

  /** The alternatives of one branch. */
  #branch(maker: RuleMaker, branch: SchemaBranch, hint: string): GrammarExpression[] {
    const { document } = this;
    const { nodes } = branch;
    for (const { node, others } of branch.exclusive) {
      if (others.every((other) => neverSatisfies(document, nodes, other))) continue;
      throw document.refuse(node, 'oneOf', 'a value could satisfy more than one option of "oneOf" (use "anyOf")');
    }
    const lists = nodes.flatMap((node) => {
      const values = allowedValues(document, node);
      return values === undefined ? [] : [values];
    });
    const [values] = lists;
    if (values !== undefined) {
      const allowed = values.filter((value) => satisfiesBranch(document, value, nodes));
      if (allowed.length === 0) return [];
      const written = literalsOf(maker, allowed);
      if (written.kind !== 'choice' || written.options.length > 0) return [written];
      const node = nodes.find((each) => allowedValues(document, each) !== undefined) ?? {};
      const key = Object.hasOwn(node, 'const') ? 'const' : 'enum';
      throw document.refuse(node, key, `the model has no way to write ${shownValue(allowed[0])}`);
    }
    const { kinds, integers } = meantKinds(document, nodes);
    const options = valueKinds
      .filter((kind) => kinds.has(kind))
      .map((kind) => kindRule(maker, kind, nodes, integers, hint));
    return isAnyValue(maker, options) ? [valueRule(maker)] : options;
  }
}

function kindRule(
  maker: RuleMaker,
  kind: ValueKind,
  nodes: readonly SchemaObject[],
  integers: boolean,
  hint: string,
): GrammarExpression {
  switch (kind) {
    case 'object':
      return objectsOf(maker, nodes, hint);
    case 'array':
      return arraysOf(maker, nodes, hint);
    case 'string':
      return stringsOf(maker, nodes, hint);
    case 'number':
      return numbersOf(maker, nodes, integers, hint);
    case 'boolean':
      return booleanRule(maker);
    case 'null':
      break;
  }
  return nullRule(maker);
}

function shownValue(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}

function isMereReference(schema: SchemaObject): boolean {
  return (
    Object.hasOwn(schema, '$ref') && Object.keys(schema).every((key) => key === '$ref' || annotationKeywords.has(key))
  );
}

/** What may stand beside a reference without saying anything of the value. */
const annotationKeywords: ReadonlySet<string> = new Set(['title', 'description', 'default', 'examples', '$comment']);

/** Are these the rules of every kind of value, none of them restricted? */
function isAnyValue(maker: RuleMaker, options: readonly GrammarExpression[]): boolean {
  return (
    options.length === valueKinds.length &&
    valueKinds.every((kind, index) => isRuleOfKind(maker, options[index] ?? nothingMatches, kind))
  );
}

/** anyOf of a string and a nullable string offers strings twice; the engine would follow both. */
function withoutRepeats(options: readonly GrammarExpression[]): GrammarExpression[] {
  return [...new Map(options.map((option) => [JSON.stringify(option), option])).values()];
}
