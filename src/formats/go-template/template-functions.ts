/**
 * The functions a template may call: Go's own and the four that Ollama adds. `and` and `or` are listed for their names and
 * argument counts; the evaluator runs them itself, because they stop at the first argument that decides.
 */
import { indexInto, lengthOf, sliceOf } from './collection-functions.ts';
import { formatVerbs } from './format-verbs.ts';
import type { GoValue } from './go-value.ts';
import { isTrue, typeName } from './go-value.ts';
import { jsonText } from './json-value.ts';
import { formatValue, sprint } from './print-value.ts';
import { TemplateFunctionError } from './template-error.ts';
import type { TemplateBudget } from './template-limits.ts';
import { escapeHtml, escapeJs, escapeUrlQuery } from './text-escapes.ts';
import { equalsAny, isLess } from './value-comparison.ts';

export interface FunctionContext {
  readonly budget: TemplateBudget;
  readonly now: Date;
  /** The first argument as written, for `call`. */
  readonly firstOperand: string;
}

export interface TemplateFunction {
  /** Arguments it needs at least. */
  readonly fixedCount: number;
  readonly isVariadic: boolean;
  /** Arguments that Go declares as `string`: none, the first, or all. */
  readonly strings: 'none' | 'first' | 'all';
  readonly call: (values: readonly GoValue[], context: FunctionContext) => GoValue;
}

type Call = TemplateFunction['call'];

const exactly = (fixedCount: number, call: Call): TemplateFunction => ({
  fixedCount,
  isVariadic: false,
  strings: 'none',
  call,
});

const atLeast = (fixedCount: number, call: Call, strings: TemplateFunction['strings'] = 'none'): TemplateFunction => ({
  fixedCount,
  isVariadic: true,
  strings,
  call,
});

/** An escaping function over the printed form of its arguments; it can make a character into twelve. */
const escaping = (escape: (text: string) => string): TemplateFunction =>
  atLeast(0, (values, { budget }) => {
    const text = sprint(values.map((value) => value ?? '<no value>'));
    budget.chargeText(text.length);
    return escape(text);
  });

export const templateFunctions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['and', atLeast(1, lastOf)],
  ['or', atLeast(1, lastOf)],
  ['not', exactly(1, ([value]) => !isTrue(value))],
  ['eq', atLeast(1, ([first, ...others]) => equalsAny(first, others))],
  ['ne', exactly(2, ([left, right]) => !equalsAny(left, [right]))],
  ['lt', exactly(2, ([left, right]) => isLess(left, right))],
  ['le', exactly(2, ([left, right]) => isLess(left, right) || equalsAny(left, [right]))],
  ['gt', exactly(2, ([left, right]) => !isLess(left, right) && !equalsAny(left, [right]))],
  ['ge', exactly(2, ([left, right]) => !isLess(left, right))],
  ['len', exactly(1, ([value]) => lengthOf(value))],
  ['index', atLeast(1, ([value, ...keys]) => indexInto(value, keys))],
  ['slice', atLeast(1, ([value, ...indexes]) => sliceOf(value, indexes))],
  ['print', atLeast(0, (values) => sprint(values))],
  ['println', atLeast(0, (values) => `${values.map((value) => formatValue(value)).join(' ')}\n`)],
  ['printf', atLeast(1, callPrintf, 'first')],
  ['html', escaping(escapeHtml)],
  ['js', escaping(escapeJs)],
  ['urlquery', escaping(escapeUrlQuery)],
  ['call', atLeast(1, refuseCall)],
  ['json', exactly(1, ([value]) => jsonText(value))],
  ['currentDate', atLeast(0, (_values, { now }) => dateText(now, 0), 'all')],
  ['yesterdayDate', atLeast(0, (_values, { now }) => dateText(now, -1), 'all')],
  ['toTypeScriptType', exactly(1, ([value]) => typeScriptType(value))],
]);

export const templateFunctionNames: ReadonlySet<string> = new Set(templateFunctions.keys());

function lastOf(values: readonly GoValue[]): GoValue {
  return values.at(-1);
}

function callPrintf([format, ...values]: readonly GoValue[], { budget }: FunctionContext): GoValue {
  return formatVerbs(typeof format === 'string' ? format : '', values, (length) => budget.chargeText(length));
}

/** No value a template can reach is a function. */
function refuseCall([value]: readonly GoValue[], { firstOperand }: FunctionContext): never {
  if (value === undefined) throw new TemplateFunctionError('call of nil');
  throw new TemplateFunctionError(`non-function ${firstOperand} of type ${typeName(value)}`);
}

/** YYYY-MM-DD in local time. */
function dateText(now: Date, addedDays: number): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + addedDays);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** Only values that know their own TypeScript type have one. */
function typeScriptType(value: GoValue): GoValue {
  const method = typeof value === 'object' ? value.methods?.ToTypeScriptType : undefined;
  return method === undefined ? 'any' : method(value);
}
