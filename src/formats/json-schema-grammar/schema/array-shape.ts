/**
 * What a branch says of arrays. As with objects, a tuple (prefixItems, or the older list form of items) gets its declared places
 * alone unless `items` speaks of more, and all of them unless minItems says that fewer will do.
 */
import type { SchemaDocument, SchemaNode, SchemaObject } from './schema-document.ts';
import { countKeyword, keyword, schemaKeyword, schemasKeyword } from './schema-keywords.ts';

export interface ArrayShape {
  /** What holds at each of the first places. */
  readonly places: readonly (readonly SchemaNode[])[];
  /** What holds for the items behind them. */
  readonly rest: readonly SchemaNode[];
  readonly least: number;
  /** May be Infinity. */
  readonly most: number;
}

interface ItemKeywords {
  readonly places: readonly SchemaNode[];
  readonly rest: SchemaNode | undefined;
}

/** `forGenerating` false: what the keywords demand and no more, for judging a value made elsewhere. */
export function arrayShape(
  document: SchemaDocument,
  nodes: readonly SchemaObject[],
  forGenerating: boolean,
): ArrayShape {
  const parts = nodes.map((node) => itemKeywords(document, node));
  const length = Math.max(0, ...parts.map((part) => part.places.length));
  const places = Array.from({ length }, (_, index) => {
    document.spend(nodes.length);
    return parts.map((part) => part.places[index] ?? part.rest ?? true).filter((schema) => schema !== true);
  });
  const rests = parts.flatMap((part) => (part.rest === undefined ? [] : [part.rest]));
  const counts = (key: string): number[] => nodes.flatMap((node) => countKeyword(document, node, key) ?? []);
  const closed = forGenerating && length > 0 && rests.length === 0;
  const most = Math.min(closed ? length : Infinity, rests.includes(false) ? length : Infinity, ...counts('maxItems'));
  const leasts = counts('minItems');
  const least = leasts.length === 0 && forGenerating ? Math.min(length, most) : Math.max(0, ...leasts);
  return { places, rest: rests.filter((schema) => schema !== true), least, most };
}

function itemKeywords(document: SchemaDocument, node: SchemaObject): ItemKeywords {
  if (Array.isArray(keyword(node, 'items'))) {
    const places = schemasKeyword(document, node, 'items') ?? [];
    return { places, rest: schemaKeyword(document, node, 'additionalItems') };
  }
  return { places: schemasKeyword(document, node, 'prefixItems') ?? [], rest: schemaKeyword(document, node, 'items') };
}
