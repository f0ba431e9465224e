import { describe, expect, it } from 'vitest';
import { BenchArgumentError, benchHelp, parseBenchArguments } from './bench-arguments.ts';

const scenarios = [
  { name: 'first', summary: 'does one thing' },
  { name: 'second-one', summary: 'does another' },
];
const parse = (...args: string[]) => parseBenchArguments(args, scenarios);
const defaults = {
  scenarioNames: ['first', 'second-one'],
  simulates: false,
  runs: 5,
  mostSchemas: undefined,
  model: undefined,
  contextTokens: 4096,
  peersFolder: undefined,
  resultsFolder: undefined,
  jsonFile: undefined,
  show: 'results',
};

describe('parseBenchArguments', () => {
  it.each([
    ['nothing: every scenario, five runs', [], {}],
    ['one scenario', ['second-one'], { scenarioNames: ['second-one'] }],
    ['several, in the order of the list, each once', ['second-one', 'first', 'first'], {}],
    ['a number of runs', ['--runs', '12'], { runs: 12 }],
    ['a number of runs with an equals sign', ['--runs=1', 'first'], { runs: 1, scenarioNames: ['first'] }],
    ['a number of schemas', ['--schemas', '20'], { mostSchemas: 20 }],
    ['a file for the figures', ['--json', 'out/figures.json'], { jsonFile: 'out/figures.json' }],
    ['the simulation', ['simulate'], { scenarioNames: [], simulates: true }],
    ['a model of the reader', ['--model', 'my.gguf'], { model: 'my.gguf' }],
    ['another context', ['--context', '8192'], { contextTokens: 8192 }],
    [
      'other peers and another place for the results',
      ['--peers=/p', '--to=/r'],
      { peersFolder: '/p', resultsFolder: '/r' },
    ],
    ['a request for the list', ['--list'], { show: 'list' }],
    ['a request for help', ['--help'], { show: 'help' }],
    ['the short form of it', ['-h'], { show: 'help' }],
  ])('understands %s', (_, args, expected) => {
    expect(parse(...args)).toEqual({ ...defaults, ...expected });
  });

  it.each([
    ['an unknown scenario, and names those there are', ['third'], /no scenario "third".*first, second-one/],
    ['the simulation beside a scenario', ['simulate', 'first'], /stands alone/],
    ['an unknown option', ['--fast'], /--fast/],
    ['no runs at all', ['--runs', '0'], /--runs takes a whole number/],
    ['no schemas at all', ['--schemas=0'], /--schemas takes a whole number/],
    ['a fraction of a run', ['--runs', '1.5'], /--runs takes a whole number/],
    ['more runs than anybody wants', ['--runs', '1001'], /from 1 to 1000/],
    ['a context that holds no prompt', ['--context', '100'], /--context takes a whole number from 2048/],
    ['an option without its value', ['--json'], /--json/],
  ])('refuses %s', (_, args, message) => {
    expect(() => parse(...args)).toThrow(BenchArgumentError);
    expect(() => parse(...args)).toThrow(message);
  });
});

describe('benchHelp', () => {
  it('lists every scenario and every option', () => {
    const help = benchHelp(scenarios);
    for (const text of [
      'first       does one thing',
      'second-one  does another',
      '--runs N',
      '--model MODEL',
      '--context N',
      '--peers FOLDER',
      '--to FOLDER',
      '--list',
      '--schemas N',
      '--json FILE',
      '--help',
    ])
      expect(help).toContain(text);
  });
});
