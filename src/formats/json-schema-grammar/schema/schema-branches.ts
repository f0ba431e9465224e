/**
 * Multiplies out `$ref`, allOf, anyOf and oneOf: a set of subschemas that must all hold becomes a list of branches, each a set of
 * schemas whose other keywords must all hold. A value satisfies the set when it satisfies a branch. What stands inside properties and
 * items is left for later, so recursion through them does no harm; recursion that consumes nothing is refused.
 */
import { schemaLimits } from '../schema-limits.ts';
import { refuseKeywords } from './refused-keywords.ts';
import type { SchemaDocument, SchemaNode, SchemaObject } from './schema-document.ts';
import { keyword, schemasKeyword } from './schema-keywords.ts';

/** An option of a oneOf that a branch took; its values may satisfy none of `others`. */
export interface ExclusiveChoice {
  readonly node: SchemaObject;
  readonly others: readonly SchemaNode[];
}

export interface SchemaBranch {
  readonly nodes: readonly SchemaObject[];
  readonly exclusive: readonly ExclusiveChoice[];
}

interface OpenNode {
  readonly node: SchemaNode;
  /** The schemas through which this one was reached: meeting one again means a circle. */
  readonly above: readonly SchemaObject[];
}

interface OpenBranch {
  readonly open: readonly OpenNode[];
  readonly nodes: ReadonlySet<SchemaObject>;
  readonly exclusive: readonly ExclusiveChoice[];
}

/** Of schemas asked about alone, which the options of a oneOf are again and again. */
const knownBranches = new WeakMap<SchemaDocument, Map<SchemaObject, readonly SchemaBranch[]>>();

/** The branches of "all of `schemas`"; none when they contradict each other by `false`. */
export function branchesOf(document: SchemaDocument, schemas: readonly SchemaNode[]): readonly SchemaBranch[] {
  const [only] = schemas;
  if (schemas.length !== 1 || typeof only !== 'object') return multipliedOut(document, schemas);
  const known = knownBranches.get(document) ?? new Map<SchemaObject, readonly SchemaBranch[]>();
  knownBranches.set(document, known);
  const branches = known.get(only) ?? multipliedOut(document, schemas);
  known.set(only, branches);
  return branches;
}

function multipliedOut(document: SchemaDocument, schemas: readonly SchemaNode[]): SchemaBranch[] {
  const done: SchemaBranch[] = [];
  const waiting: OpenBranch[] = [
    { open: schemas.map((node) => ({ node, above: [] })), nodes: new Set(), exclusive: [] },
  ];
  for (let branch = waiting.pop(); branch !== undefined; branch = waiting.pop()) {
    document.spend(1 + branch.nodes.size + branch.open.length);
    const [first, ...rest] = branch.open;
    if (first === undefined) {
      done.push({ nodes: [...branch.nodes], exclusive: branch.exclusive });
      continue;
    }
    // Pushed in reverse, so that the first option is taken up first and branches keep the schema's order.
    waiting.push(...opened(document, first, { ...branch, open: rest }).reverse());
    if (waiting.length + done.length > schemaLimits.branches) {
      const place = first.above.at(-1) ?? (typeof first.node === 'object' ? first.node : undefined);
      throw document.refuse(place ?? {}, undefined, 'too many combinations of anyOf, oneOf and allOf');
    }
  }
  return done;
}

/** `branch` with `item` taken up: one branch, one per option, or none. */
function opened(document: SchemaDocument, { node, above }: OpenNode, branch: OpenBranch): OpenBranch[] {
  if (node === true) return [branch];
  if (node === false) return [];
  if (above.includes(node)) throw document.refuse(node, undefined, 'the JSON Schema refers to itself without end');
  if (branch.nodes.has(node)) return [branch];
  refuseKeywords(document, node);

  const inside = [...above, node];
  const open = [...branch.open];
  if (keyword(node, '$ref') !== undefined) open.unshift({ node: document.resolve(node), above: inside });
  for (const part of schemasKeyword(document, node, 'allOf') ?? []) open.push({ node: part, above: inside });
  const nodes = new Set(branch.nodes).add(node);

  let branches: OpenBranch[] = [{ open, nodes, exclusive: branch.exclusive }];
  const anyOf = schemasKeyword(document, node, 'anyOf');
  if (anyOf !== undefined) {
    branches = branches.flatMap((each) => anyOf.map((option) => withOption(each, { node: option, above: inside })));
  }
  const oneOf = schemasKeyword(document, node, 'oneOf');
  if (oneOf !== undefined) {
    branches = branches.flatMap((each) =>
      oneOf.map((option, index) => ({
        ...withOption(each, { node: option, above: inside }),
        exclusive: [...each.exclusive, { node, others: oneOf.filter((_, other) => other !== index) }],
      })),
    );
  }
  document.spend(branches.length);
  return branches;
}

function withOption(branch: OpenBranch, option: OpenNode): OpenBranch {
  return { ...branch, open: [option, ...branch.open] };
}
