/**
 * Model names: `[scheme://][host/][namespace/]model[:tag]`.
 *
 * A name is also a path in the store and part of a registry URL, so the grammar is the guard of both: no part can be empty, be `.`
 * or `..`, or hold a separator, because every part begins with a letter, digit or underscore and continues with a short list.
 * Case is kept as written and ignored when names are compared.
 */
import { CorralError } from '../core/corral-error.ts';

/** `[scheme://][host/][namespace/]model[:tag]` with every part filled in. Made by `parseModelName` alone. */
export interface ModelName {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly namespace: string;
  readonly model: string;
  readonly tag: string;
}

const defaultHost = 'registry.ollama.ai';
const defaultNamespace = 'library';
const defaultTag = 'latest';

// The lengths are Ollama's. 350 leaves room for a DNS name of 253 with a port; a file name may have 255 bytes.
const hostPattern = /^\w[\w.:-]{0,349}$/;
const namespacePattern = /^\w[\w-]{0,79}$/;
const modelOrTagPattern = /^\w[\w.-]{0,79}$/;

/** The name that `text` spells, defaults filled in (registry.ollama.ai, library, latest, https). Throws `invalid_model_name`. */
export function parseModelName(text: string): ModelName {
  const name = tryParseModelName(text);
  if (name === undefined) {
    throw new CorralError('invalid_model_name', 'invalid model name', {
      hint: 'A name looks like model, model:tag or namespace/model:tag; letters, digits, "-", "_" and "." are allowed.',
    });
  }
  return name;
}

/** As `parseModelName`, undefined instead of an error. */
export function tryParseModelName(text: string): ModelName | undefined {
  const schemeEnd = text.indexOf('://');
  const scheme = schemeEnd === -1 ? 'https' : text.slice(0, schemeEnd);
  if (scheme !== 'http' && scheme !== 'https') return undefined;

  const path = (schemeEnd === -1 ? text : text.slice(schemeEnd + 3)).split('/');
  // A scheme promises a host; without one nobody could tell the host from the namespace.
  if (path.length > 3 || (schemeEnd !== -1 && path.length !== 3)) return undefined;
  const last = path.at(-1) ?? '';
  const colon = last.lastIndexOf(':');
  return checkedName(scheme, [
    path.at(-3) ?? defaultHost,
    path.at(-2) ?? defaultNamespace,
    colon === -1 ? last : last.slice(0, colon),
    colon === -1 ? defaultTag : last.slice(colon + 1),
  ]);
}

type NameParts = readonly [host: string, namespace: string, model: string, tag: string];

function checkedName(scheme: 'http' | 'https', [host, namespace, model, tag]: NameParts): ModelName | undefined {
  const valid =
    hostPattern.test(host) &&
    namespacePattern.test(namespace) &&
    modelOrTagPattern.test(model) &&
    modelOrTagPattern.test(tag);
  return valid ? { scheme, host, namespace, model, tag } : undefined;
}

/** Shortest form that means the same, always with the tag: `smollm2:135m`, `someone/model:latest`, `host/someone/model:tag`. */
export function displayName(name: ModelName): string {
  const local = `${name.model}:${name.tag}`;
  if (!equalFold(name.host, defaultHost)) return `${name.host}/${name.namespace}/${local}`;
  if (!equalFold(name.namespace, defaultNamespace)) return `${name.namespace}/${local}`;
  return local;
}

/** Every part but the scheme: `registry.ollama.ai/library/smollm2:135m`. */
export function fullName(name: ModelName): string {
  return `${name.host}/${name.namespace}/${name.model}:${name.tag}`;
}

/** Where the manifest lies under `manifests/`: host, namespace, model, tag; each is safe as one file name. */
export function manifestPathParts(name: ModelName): NameParts {
  return [name.host, name.namespace, name.model, name.tag];
}

/** The name of a manifest found at `parts` under `manifests/`; undefined when no name leads there. */
export function nameOfManifestPath(parts: NameParts): ModelName | undefined {
  return checkedName('https', parts);
}

/** Whether both mean the same model: case and scheme do not count. */
export function sameModelName(left: ModelName, right: ModelName): boolean {
  return equalFold(fullName(left), fullName(right));
}

// Every part is ASCII by its pattern, so lower case is all that folding means here.
function equalFold(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
