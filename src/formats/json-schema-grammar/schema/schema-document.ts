/**
 * A schema as it came in, every object in it given a number and a place. The numbers name combinations of subschemas (which is how
 * recursion ends), the places name what is refused. It also holds the budget of work that one conversion may do.
 */
import { refuseSchema } from '../refuse-schema.ts';
import { schemaLimits } from '../schema-limits.ts';

export type SchemaObject = Readonly<Record<string, unknown>>;
export type SchemaNode = SchemaObject | boolean;

interface Place {
  readonly number: number;
  readonly depth: number;
  readonly parent: object | undefined;
  readonly key: string;
}

export class SchemaDocument {
  readonly root: unknown;
  readonly #places = new Map<object, Place>();
  #work = 0;

  /** Throws `invalid_format` (400) for a schema too deep or too large to look at. */
  constructor(root: unknown) {
    this.root = root;
    const open: object[] = [];
    const place = (value: unknown, parent: object | undefined, key: string, depth: number): void => {
      if (typeof value !== 'object' || value === null || this.#places.has(value)) return;
      if (depth > schemaLimits.nestingDepth) throw refuseSchema('', 'the JSON Schema is nested too deeply');
      if (this.#places.size >= schemaLimits.nodes) throw refuseSchema('', 'the JSON Schema is too large');
      this.#places.set(value, { number: this.#places.size, depth, parent, key });
      open.push(value);
    };
    place(root, undefined, '', 0);
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      const depth = (this.#places.get(value)?.depth ?? 0) + 1;
      for (const [key, child] of Object.entries(value)) place(child, value, key, depth);
    }
  }

  /** The number of an object of this schema. */
  numberOf(node: object): number {
    return this.#places.get(node)?.number ?? -1;
  }

  /** The JSON pointer of `node`, or of its keyword `key`. */
  pointer(node: object, key?: string): string {
    const keys = key === undefined ? [] : [key];
    for (let place = this.#places.get(node); place?.parent !== undefined; place = this.#places.get(place.parent)) {
      keys.push(place.key);
    }
    return keys
      .reverse()
      .map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join('');
  }

  /** The last key on the way to `node` that a person chose, for the name of a rule. */
  hint(node: object): string {
    const place = this.#places.get(node);
    if (place?.parent === undefined) return 'root';
    return /^\d+$|^items$|^additionalProperties$/.test(place.key) ? `${this.hint(place.parent)}-item` : place.key;
  }

  refuse(node: object, key: string | undefined, reason: string): Error {
    return refuseSchema(this.pointer(node, key), reason);
  }

  /** Counts work about to be done. Throws when the schema has asked for more than one request may have. */
  spend(steps: number): void {
    this.#work += steps;
    if (this.#work > schemaLimits.work) throw refuseSchema('', 'the JSON Schema takes too much work to enforce');
  }

  /** `value` as a subschema; it stands under `key` of `node`. */
  asSchema(node: object, key: string, value: unknown): SchemaNode {
    if (typeof value === 'boolean') return value;
    if (isSchemaObject(value)) return value;
    throw this.refuse(node, key, 'a JSON Schema must be an object or a boolean');
  }

  /** What the `$ref` of `node` points to. Only pointers into this document: nothing is fetched. */
  resolve(node: SchemaObject): SchemaNode {
    const reference = node['$ref'];
    if (typeof reference !== 'string') throw this.refuse(node, '$ref', '"$ref" must be a string');
    if (reference !== '#' && !reference.startsWith('#/')) {
      throw this.refuse(node, '$ref', '"$ref" must be a JSON pointer into the same schema, "#/…",');
    }
    let target: unknown = this.root;
    for (const part of reference.slice(1).split('/').slice(1)) {
      const key = decodePointerPart(part);
      if (key === undefined || typeof target !== 'object' || target === null || !Object.hasOwn(target, key)) {
        throw this.refuse(node, '$ref', '"$ref" points to nothing');
      }
      target = (target as SchemaObject)[key];
    }
    return this.asSchema(node, '$ref', target);
  }
}

function decodePointerPart(part: string): string | undefined {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return undefined; // a broken percent escape names no key
  }
}

export function isSchemaObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
