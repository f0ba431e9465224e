/** `eq`, `lt` and their relatives, with Go's rules about which types may meet. */
import { asText } from './format-verbs.ts';
import type { GoValue } from './go-value.ts';
import { compareStrings, typeName } from './go-value.ts';
import { formatValue } from './print-value.ts';
import { TemplateFunctionError } from './template-error.ts';

/** True when `first` equals any of `others`. */
export function equalsAny(first: GoValue, others: readonly GoValue[]): boolean {
  if (others.length === 0) throw new TemplateFunctionError('missing argument for comparison');
  return others.some((other) => equals(first, other));
}

function equals(left: GoValue, right: GoValue): boolean {
  if (typeof left !== 'object' && typeof left === typeof right) return left === right;
  if (left === undefined || right === undefined) return isNil(left) && isNil(right);
  if (typeof left !== 'object' || typeof right !== 'object')
    throw new TemplateFunctionError(`incompatible types for comparison: ${typeName(left)} and ${typeName(right)}`);
  if (left.kind !== right.kind)
    throw new TemplateFunctionError(
      `non-comparable types ${asText(left)}: ${typeName(left)}, ${typeName(right)}: ${formatValue(right)}`,
    );
  if (isNil(left) || isNil(right)) return isNil(left) && isNil(right);
  if (right.kind !== 'struct')
    throw new TemplateFunctionError(`non-comparable type ${asText(right)}: ${typeName(right)}`);
  return left === right;
}

/** Basic values are never nil, and neither is a struct here. */
const isNil = (value: GoValue): boolean =>
  value === undefined || (typeof value === 'object' && value.kind !== 'struct' && value.isNil);

export function isLess(left: GoValue, right: GoValue): boolean {
  if (!isBasic(left) || !isBasic(right)) throw new TemplateFunctionError('invalid type for comparison');
  if (typeof left !== typeof right)
    throw new TemplateFunctionError(`incompatible types for comparison: ${typeName(left)} and ${typeName(right)}`);
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right) < 0;
  if (typeof left === 'boolean' || typeof right === 'boolean')
    throw new TemplateFunctionError('invalid type for comparison');
  return left < right;
}

const isBasic = (value: GoValue): value is bigint | number | string | boolean =>
  value !== undefined && typeof value !== 'object';
