/** `WWW-Authenticate` (RFC 9110, section 11.6.1): what a registry wants to see before it answers. Pure; the text may be anything. */

export type AuthChallenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string; readonly scopes: readonly string[] };

/** A real one has a few hundred characters. */
const maxChallengeCharacters = 8192;

const nextParameter = /[\s,]*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;
const nextScheme = /[\s,]*([\w!#$%&'*+.^`|~-]+)(?=\s|,|$)/y;

/** The challenge that can be met: Bearer before Basic; undefined when there is none of them. */
export function parseAuthChallenge(header: string): AuthChallenge | undefined {
  if (header.length > maxChallengeCharacters) return undefined;
  const found = schemes(header);
  for (const { scheme, parameters } of found) {
    const realm = parameters.get('realm');
    if (scheme !== 'bearer' || realm === undefined) continue;
    const scope = parameters.get('scope') ?? '';
    return {
      scheme: 'bearer',
      realm,
      service: parameters.get('service') ?? '',
      scopes: scope.split(' ').filter((part) => part !== ''),
    };
  }
  return found.some(({ scheme }) => scheme === 'basic') ? { scheme: 'basic' } : undefined;
}

interface Scheme {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

function schemes(header: string): Scheme[] {
  const found: Scheme[] = [];
  let position = 0;
  for (;;) {
    nextParameter.lastIndex = position;
    const parameter = nextParameter.exec(header);
    if (parameter !== null) {
      const [, name = '', quoted, bare = ''] = parameter;
      const value = quoted === undefined ? bare : quoted.replace(/\\(.)/gs, '$1');
      found.at(-1)?.parameters.set(name.toLowerCase(), value);
      position = nextParameter.lastIndex;
      continue;
    }
    nextScheme.lastIndex = position;
    const scheme = nextScheme.exec(header)?.[1];
    if (scheme === undefined) return found;
    found.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    position = nextScheme.lastIndex;
  }
}
