import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../contestants/project-root.ts';
import { ownSchemas } from './own-schemas.ts';

export interface NamedSchema {
  readonly name: string;
  readonly schema: object;
}

/** Schemas of the public JSON Schema Test Suite (2020-12, MIT licence beside the file), of keywords that Corral enforces. */
const suiteFile = path.join(projectRoot, 'bench/scenarios/structure-schemas/json-schema-test-suite.json');

export function allSchemas(): readonly NamedSchema[] {
  const suite = JSON.parse(readFileSync(suiteFile, 'utf8')) as { readonly schemas: Readonly<Record<string, object>> };
  return [...ownSchemas, ...Object.entries(suite.schemas)].map(([name, schema]) => ({ name, schema }));
}

/** `count` of `items`, spread evenly over the whole list. */
export function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (count >= items.length) return items;
  return items.filter(
    (_, index) => Math.floor(((index + 1) * count) / items.length) > Math.floor((index * count) / items.length),
  );
}
