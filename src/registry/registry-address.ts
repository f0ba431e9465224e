/** Where a model lies: a registry and a repository in it. */
import type { ModelName } from '../formats/model-name.ts';
import type { RegistryMirror } from '../config/settings.ts';
import { RegistryError } from './registry-error.ts';

export interface RegistryAddress {
  readonly scheme: 'http' | 'https';
  /** With the port, where one is given; credentials are kept under it. */
  readonly host: string;
  /** `library/smollm2`, perhaps with a mirror's prefix. */
  readonly repository: string;
  readonly tag: string;
}

/** Ollama's registry: where names without a host live. */
const defaultHost = 'registry.ollama.ai';

export interface MirrorPolicy {
  readonly mirror: RegistryMirror | undefined;
  /** Whether the name's own registry is asked for what the mirror doesn't have. */
  readonly fallback: boolean;
}

/**
 * The registry that a name says. `insecure` permits plain HTTP, which then is what is spoken, as Ollama does. Throws `registry_denied`
 * for a name that asks for it without permission.
 */
export function addressOfName(name: ModelName, insecure: boolean): RegistryAddress {
  if (name.scheme === 'http' && !insecure) {
    throw new RegistryError('registry_denied', 'insecure protocol http', {
      host: name.host,
      step: 'the connection',
      temporary: false,
      hint: 'Use --insecure to speak plain HTTP with this registry, or leave out http://.',
    });
  }
  return {
    scheme: insecure ? 'http' : 'https',
    host: name.host,
    repository: `${name.namespace}/${name.model}`,
    tag: name.tag,
  };
}

/** The registries where a model is sought, in this order. */
export function addressesToPull(name: ModelName, insecure: boolean, policy: MirrorPolicy): readonly RegistryAddress[] {
  const own = addressOfName(name, insecure);
  const { mirror, fallback } = policy;
  if (mirror === undefined || name.host.toLowerCase() !== defaultHost) return [own];
  const { scheme, host, prefix } = mirror;
  const mirrored = { ...own, scheme, host, repository: prefix === '' ? own.repository : `${prefix}/${own.repository}` };
  return fallback ? [mirrored, own] : [mirrored];
}

/** The URL of `path` (no leading slash) under the registry's API. Names hold no character that would need escaping. */
export function apiUrl({ scheme, host }: Pick<RegistryAddress, 'scheme' | 'host'>, path: string): URL {
  return new URL(`${scheme}://${host}/v2/${path}`);
}
