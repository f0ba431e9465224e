import { describe, expect, test } from 'vitest';
import { parseCommandArguments } from './command-arguments.ts';
import { findCommand } from './command-table.ts';

const run = findCommand('run');
if (run === undefined) throw new Error('no run command');
const show = findCommand('show');
if (show === undefined) throw new Error('no show command');

describe('command arguments', () => {
  test.each([
    ['model and prompt', ['m', 'why', 'so'], ['m', 'why', 'so'], {}],
    ['flags anywhere', ['--verbose', 'm', '--keepalive', '5m', 'hi'], ['m', 'hi'], { verbose: true, keepalive: '5m' }],
    ['values after an equals sign', ['m', '--keepalive=5m', '--format='], ['m'], { keepalive: '5m', format: '' }],
    ['an optional value only after an equals sign', ['m', '--think', 'hi'], ['m', 'hi'], { think: 'true' }],
    ['an optional value', ['m', '--think=high'], ['m'], { think: 'high' }],
    ['a switch turned off', ['m', '--truncate=false'], ['m'], { truncate: false }],
    ['no flags after --', ['m', '--', '--verbose', '-x'], ['m', '--verbose', '-x'], {}],
    ['a lone dash is text', ['m', '-'], ['m', '-'], {}],
    ['a value may look like a flag', ['m', '--keepalive', '-1s'], ['m'], { keepalive: '-1s' }],
  ])('%s', (_name, words, positionals, flags) => {
    expect(parseCommandArguments(words, run)).toEqual({ positionals, flags });
  });

  test('a short name means its flag', () => {
    expect(parseCommandArguments(['-v', 'm'], show).flags).toEqual({ verbose: true });
  });

  test('help is known everywhere and asks for no arguments', () => {
    expect(parseCommandArguments(['-h'], run).flags).toEqual({ help: true });
  });

  test.each([
    ['unknown flag', ['m', '--bogus=1'], 'unknown flag: --bogus'],
    ['unknown short flag', ['m', '-x'], "unknown shorthand flag: 'x' in -x"],
    ['missing value', ['m', '--keepalive'], 'flag needs an argument: --keepalive'],
    ['switch with a word', ['m', '--verbose=maybe'], 'invalid argument "maybe" for "--verbose" flag'],
    ['too few arguments', [], 'requires at least 1 arg(s), only received 0'],
  ])('%s is refused', (_name, words, message) => {
    expect(() => parseCommandArguments(words, run)).toThrow(message);
  });

  test('too many arguments are refused', () => {
    expect(() => parseCommandArguments(['a', 'b'], show)).toThrow('accepts 1 arg(s), received 2');
  });
});
