/**
 * Takes out of a grammar what can never be completed: an alternative that needs a contradictory schema, or one that contains itself
 * without end. The engine does not look ahead that far and would lead a model into it for ever. Rules that only name another
 * disappear, and so do rules that nothing uses any more.
 */
import { emptyText, type GrammarExpression, nothingMatches } from './grammar-expression.ts';

type Rules = ReadonlyMap<string, GrammarExpression>;

/** The rules reachable from `root`; undefined when not even `root` can be completed. */
export function pruneGrammar(rules: Rules, root: string): Map<string, GrammarExpression> | undefined {
  const finishing = finishingRules(rules);
  if (!finishing.has(root)) return undefined;
  const simplified = new Map<string, GrammarExpression>();
  for (const name of finishing) simplified.set(name, simplify(rules.get(name) ?? nothingMatches, finishing));
  return usedRules(simplified, root);
}

/** The rules that match at least one finite text. */
function finishingRules(rules: Rules): Set<string> {
  const users = new Map<string, string[]>();
  for (const [name, expression] of rules) {
    for (const used of references(expression)) {
      const known = users.get(used);
      if (known === undefined) users.set(used, [name]);
      else known.push(name);
    }
  }
  const finishing = new Set<string>();
  const open = [...rules.keys()].reverse();
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const expression = rules.get(name);
    if (finishing.has(name) || expression === undefined || !finishes(expression, finishing)) continue;
    finishing.add(name);
    open.push(...(users.get(name) ?? []));
  }
  return finishing;
}

function finishes(expression: GrammarExpression, finishing: ReadonlySet<string>): boolean {
  switch (expression.kind) {
    case 'text':
      return true;
    case 'characters':
      return expression.set.length > 0;
    case 'sequence':
      return expression.items.every((item) => finishes(item, finishing));
    case 'choice':
      return expression.options.some((option) => finishes(option, finishing));
    case 'repeat':
      return expression.least === 0 || finishes(expression.item, finishing);
    case 'rule':
      break;
  }
  return finishing.has(expression.name);
}

/** `expression`, which can be completed, without the parts that cannot. */
function simplify(expression: GrammarExpression, finishing: ReadonlySet<string>): GrammarExpression {
  switch (expression.kind) {
    case 'sequence': {
      const items = expression.items.map((item) => simplify(item, finishing));
      const flat = items.flatMap((item) => (item.kind === 'sequence' ? item.items : [item]));
      return flat.length === 1 && flat[0] !== undefined ? flat[0] : { kind: 'sequence', items: flat };
    }
    case 'choice': {
      const options = expression.options.filter((option) => finishes(option, finishing));
      const kept = options.map((option) => simplify(option, finishing));
      return kept.length === 1 && kept[0] !== undefined ? kept[0] : { kind: 'choice', options: kept };
    }
    case 'repeat':
      if (!finishes(expression.item, finishing)) return emptyText;
      return { ...expression, item: simplify(expression.item, finishing) };
    case 'text':
    case 'characters':
    case 'rule':
      break;
  }
  return expression;
}

/** The rules reachable from `root`, references to a rule that only names another going straight to that one. */
function usedRules(rules: Rules, root: string): Map<string, GrammarExpression> {
  const target = (name: string): string => {
    let current = name;
    // Rules that name each other in a circle match nothing and are gone by now, so this ends.
    for (let next = rules.get(current); next?.kind === 'rule'; next = rules.get(current)) current = next.name;
    return current;
  };
  const used = new Map<string, GrammarExpression>();
  const open = [root];
  const names = new Map([[root, target(root)]]);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (used.has(name)) continue;
    const source = name === root ? target(root) : name;
    const expression = redirect(rules.get(source) ?? nothingMatches, (old) => {
      const known = names.get(old) ?? target(old);
      names.set(old, known);
      return known;
    });
    used.set(name, expression);
    open.push(...[...references(expression)].reverse());
  }
  return used;
}

function redirect(expression: GrammarExpression, target: (name: string) => string): GrammarExpression {
  switch (expression.kind) {
    case 'sequence':
      return { kind: 'sequence', items: expression.items.map((item) => redirect(item, target)) };
    case 'choice':
      return { kind: 'choice', options: expression.options.map((option) => redirect(option, target)) };
    case 'repeat':
      return { ...expression, item: redirect(expression.item, target) };
    case 'rule':
      return { kind: 'rule', name: target(expression.name) };
    case 'text':
    case 'characters':
      break;
  }
  return expression;
}

function references(expression: GrammarExpression, found = new Set<string>()): Set<string> {
  if (expression.kind === 'rule') found.add(expression.name);
  else if (expression.kind === 'repeat') references(expression.item, found);
  else if (expression.kind === 'sequence') for (const item of expression.items) references(item, found);
  else if (expression.kind === 'choice') for (const option of expression.options) references(option, found);
  return found;
}
