import { describe, expect, test } from 'vitest';

import { GbnfRecogniser } from './gbnf-recogniser.ts';

describe('the recogniser of grammars', () => {
  test.each([
    ['root ::= "a" b*\nb ::= [x-z] | "\\"" [^\\n]', ['a', 'axyz', 'a"q'], ['', 'b', 'a"', 'aw', 'a"\n']],
    ['root ::= ("a" | "b" (\n "c" )?){2,3}', ['aa', 'bcb', 'aba'], ['a', 'aaaa', 'cb']],
    ['root ::= [\\x41\\u4e2d\\U0001F600-]+ ""', ['A', '中-😀'], ['', 'B']],
    ['root ::= "(" root ")" | ""', ['', '(())'], ['(()', ')']],
  ])('%j', (grammar, accepts, refuses) => {
    const recogniser = new GbnfRecogniser(grammar);
    expect(accepts.filter((text) => !recogniser.matches(text))).toEqual([]);
    expect(refuses.filter((text) => recogniser.matches(text))).toEqual([]);
  });

  test.each([
    ['an undefined rule', 'root ::= other', 'undefined rule'],
    ['no root', 'other ::= "a"', 'no root'],
    ['left recursion', 'root ::= root "a" | "b"', 'left recursion'],
    ['left recursion behind a rule that may be empty', 'root ::= e root\ne ::= "a"?', 'left recursion'],
    ['an unknown escape', 'root ::= "\\d"', 'unknown escape'],
    ['a maximum the engine forgets', 'root ::= "a"{0,2001}', 'maximum'],
    ['a minimum the engine refuses', 'root ::= "a"{2001}', 'too many'],
    ['a repetition of many groups', 'root ::= ("a" ("b" ("c")?)?){900}', 'too many rules'],
    ['an open string', 'root ::= "a', 'unexpected end'],
    ['words behind a rule', 'root ::= "a" )', 'expecting newline'],
  ])('refuses a grammar with %s', (_, grammar, reason) => {
    expect(() => new GbnfRecogniser(grammar)).toThrow(reason);
  });
});
