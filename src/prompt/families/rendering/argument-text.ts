/** An argument's value as bare text between tags: strings as they are, lists and objects as JSON, the rest as Go prints it. */
import { formatValue } from '../../../formats/go-template/print-value.ts';
import { valueFromJson } from '../../go-template-values.ts';
import { valueJson } from './tool-json.ts';

export function argumentText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value === 'object') return valueJson(value);
  return formatValue(valueFromJson(value));
}
