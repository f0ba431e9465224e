import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAuthChallenge, type AuthChallenge } from './auth-challenge.ts';

const bearer = (realm: string, service = '', ...scopes: string[]): AuthChallenge => ({
  scheme: 'bearer',
  realm,
  service,
  scopes,
});

const cases: [name: string, header: string, challenge: AuthChallenge | undefined][] = [
  [
    'as Docker’s registry writes it',
    'Bearer realm="https://a/token",service="reg",scope="repository:x/y:pull,push"',
    bearer('https://a/token', 'reg', 'repository:x/y:pull,push'),
  ],
  [
    'with several scopes and blanks',
    'Bearer realm="https://a/t" , service=reg , scope="a:b:c d:e:f"',
    bearer('https://a/t', 'reg', 'a:b:c', 'd:e:f'),
  ],
  ['with quotes in quotes', 'bearer REALM="https://a/\\"t\\""', bearer('https://a/"t"')],
  ['after another scheme', 'Negotiate, Basic realm="x", Bearer realm="https://a"', bearer('https://a')],
  ['of a name and password', 'Basic realm="x"', { scheme: 'basic' }],
  ['with no realm', 'Bearer service="x"', undefined],
  ['that nobody here can meet', 'Negotiate abc', undefined],
  ['that is empty', '', undefined],
  ['without end', `Bearer realm="${'a'.repeat(10_000)}"`, undefined],
];

describe('a challenge', () => {
  test.each(cases)('%s', (_, header, challenge) => {
    expect(parseAuthChallenge(header)).toEqual(challenge);
  });

  test('of any text is read or is none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(['bearer', 'basic', undefined]).toContain(parseAuthChallenge(`Bearer ${text}`)?.scheme);
      }),
    );
  });

  test('of any values is read as it was written', () => {
    const value = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(value, value, (realm, service) => {
        const quote = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
        const header = `Bearer realm=${quote(realm)}, service=${quote(service)}`;
        expect(parseAuthChallenge(header)).toEqual(bearer(realm, service));
      }),
    );
  });
});
