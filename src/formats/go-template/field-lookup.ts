/** `.Name` on a value: a method, a struct's field or a map's entry. */
import type { GoMethods, GoValue } from './go-value.ts';
import { typeName } from './go-value.ts';
import { TemplateFunctionError } from './template-error.ts';

export interface Found {
  readonly value: GoValue;
  /** Go holds it as `any`: a message about it names `interface {}`, and nil in it is not the same as no value. */
  readonly isInterface: boolean;
}

/** A value whose own type is known. */
export const concrete = (value: GoValue): Found => ({ value, isInterface: false });

/** Throws TemplateFunctionError with Go's words. `argumentCount` excludes the receiver. */
export function lookUpField(receiver: Found, name: string, argumentCount: number): Found {
  const { value } = receiver;
  const shownType = receiver.isInterface ? 'interface {}' : typeName(value);
  if (value === undefined) {
    if (receiver.isInterface) throw new TemplateFunctionError(`nil pointer evaluating ${shownType}.${name}`);
    return concrete(undefined);
  }
  const fault = new TemplateFunctionError(`can't evaluate field ${name} in type ${shownType}`);
  if (typeof value !== 'object') throw fault;
  const method = methodNamed(value.methods, name);
  if (method !== undefined) {
    if (argumentCount > 0)
      throw new TemplateFunctionError(`wrong number of args for ${name}: want 0 got ${argumentCount}`);
    return concrete(method(value));
  }
  if (value.kind === 'struct') {
    const field = value.fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw fault;
    if (argumentCount > 0) throw new TemplateFunctionError(`${name} has arguments but cannot be invoked as function`);
    return { value: field.value, isInterface: field.isInterface === true };
  }
  if (value.kind !== 'map' || value.isOrdered) throw fault;
  if (argumentCount > 0) throw new TemplateFunctionError(`${name} is not a method but has arguments`);
  // missingkey=zero: a key that is not there gives the zero of the element type.
  const found = value.entries.has(name) ? value.entries.get(name) : value.zero;
  return { value: found, isInterface: value.zero === undefined };
}

function methodNamed(methods: GoMethods | undefined, name: string): ((value: GoValue) => GoValue) | undefined {
  if (name === 'String') return methods?.String;
  return name === 'ToTypeScriptType' ? methods?.ToTypeScriptType : undefined;
}
