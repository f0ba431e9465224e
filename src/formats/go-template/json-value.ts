/** A value as Go's encoding/json writes it: sorted map keys, `<`, `>` and `&` escaped, nil as `null`. */
import type { GoField, GoValue } from './go-value.ts';
import { isTrue, sortedEntries } from './go-value.ts';

export function jsonText(value: GoValue): string {
  if (value === undefined) return 'null';
  if (typeof value === 'string') return jsonString(value);
  if (typeof value === 'number') return jsonNumber(value);
  if (typeof value !== 'object') return String(value);
  const own = value.methods?.MarshalJSON;
  if (own !== undefined) return own(value);
  if (value.kind === 'struct') return jsonObject(value.fields.filter((field) => !isOmitted(field)).map(jsonEntry));
  if (value.isNil) return 'null';
  if (value.kind === 'slice') return `[${value.items.map(jsonText).join(',')}]`;
  return jsonObject(value.isOrdered ? [...value.entries] : sortedEntries(value));
}

const jsonEntry = (field: GoField) => [field.jsonName ?? field.name, field.value] as const;

const jsonObject = (entries: readonly (readonly [string, GoValue])[]): string =>
  `{${entries.map(([key, item]) => `${jsonString(key)}:${jsonText(item)}`).join(',')}}`;

const isOmitted = ({ value, omit }: GoField): boolean =>
  omit === 'empty' ? !isTrue(value) : omit === 'nil' && value === undefined;

const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export function jsonString(text: string): string {
  return JSON.stringify(text.replace(loneSurrogate, '\ufffd')).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Plain digits between 1e-6 and 1e21, as JavaScript itself has it. */
const jsonNumber = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
