import { describe, expect, test } from 'vitest';
import { parseModelfile } from '../../formats/modelfile/parse-modelfile.ts';
import { planCreate } from './create-plan.ts';

const plan = (text: string) => planCreate(parseModelfile(Buffer.from(`FROM a\n${text}`)));

describe('parameters', () => {
  test.each([
    ['whole numbers', 'num_ctx 4096', { num_ctx: 4096 }],
    ['signed ones', 'seed +7', { seed: 7 }],
    ['negative ones', 'num_predict -1', { num_predict: -1 }],
    ['decimals', 'temperature 0.1', { temperature: 0.1 }],
    ['decimals as single precision has them', 'top_p 0.12345678901', { top_p: 0.12345679 }],
    ['decimals with exponents', 'min_p 5e-05', { min_p: 0.00005 }],
    ['decimals without a digit before the point', 'min_p .5', { min_p: 0.5 }],
    ['switches', 'use_mmap T', { use_mmap: true }],
    ['switches that are off', 'use_mmap 0', { use_mmap: false }],
    ['texts, one a line', 'stop a b\nPARAMETER stop "c "', { stop: ['a b', 'c '] }],
    ['the last one of several', 'top_k 1\nPARAMETER top_k 2', { top_k: 2 }],
    ['a number that looks wrong for its size alone', 'seed 9223372036854775807', { seed: 2 ** 63 }],
  ])('%s', (_name, line, parameters) => {
    expect(plan(`PARAMETER ${line}\n`).fields.parameters).toEqual(parameters);
  });

  test.each([
    ['top_k 1.5', 'invalid int value [1.5]'],
    ['top_k 0x10', 'invalid int value [0x10]'],
    ['top_k ', 'invalid int value []'],
    ['seed 9223372036854775808', 'invalid int value [9223372036854775808]'],
    [`seed ${'9'.repeat(100)}`, `invalid int value [${'9'.repeat(100)}]`],
    ['temperature warm', 'invalid float value [warm]'],
    ['temperature inf', 'invalid float value [inf]'],
    ['temperature 1e39', 'invalid float value [1e39]'],
    ['temperature 0.7 # mild', 'invalid float value [0.7 # mild]'],
    ['use_mmap yes', 'invalid bool value [yes]'],
    ['nonsense 1', "unknown parameter 'nonsense'"],
    [' top_k 1', "unknown parameter ''"],
  ])('PARAMETER %s is refused', (line, message) => {
    expect(() => plan(`SYSTEM x\nPARAMETER ${line}\n`)).toThrow(
      expect.objectContaining({ code: 'bad_modelfile', message, hint: expect.stringContaining('Line 3') as string }),
    );
  });

  test('what Ollama no longer knows is left out with a warning', () => {
    const { fields, warnings } = plan('PARAMETER mirostat 2\nPARAMETER low_vram maybe\nPARAMETER top_k 3\n');
    expect(fields).toEqual({ parameters: { top_k: 3 } });
    expect(warnings).toEqual([
      'warning: parameter mirostat is deprecated (line 2)',
      'warning: parameter low_vram is deprecated (line 3)',
    ]);
  });
});

describe('other commands', () => {
  test('the last one counts; licences and messages add up', () => {
    const text =
      'SYSTEM one\nSYSTEM two\nLICENSE MIT\nLICENSE Apache\nMESSAGE user hi\nMESSAGE assistant ho\nADAPTER x\nADAPTER y\n';
    expect(plan(text)).toMatchObject({
      adapter: { text: 'y', line: 9 },
      fields: {
        system: 'two',
        license: ['MIT', 'Apache'],
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: 'ho' },
        ],
      },
    });
  });

  test('what is empty is not sent', () => {
    expect(plan('SYSTEM ""\nTEMPLATE \n').fields).toEqual({});
  });

  test.each(['0.14.0', '1', '1.2', '1.2.3-rc.1+b.01', 'v0.14.0'])('REQUIRES %s', (version) => {
    expect(plan(`REQUIRES ${version}\n`).fields.requires).toBe(version.replace('v', ''));
  });

  test.each(['01.2.3', '1.2-rc', '1.2.3.4', 'latest', '', '1.2.3-01', '1.2.3+'])(
    'REQUIRES %s is refused',
    (version) => {
      expect(() => plan(`REQUIRES ${version}\n`)).toThrow('requires must be a valid semver (e.g. 0.14.0)');
    },
  );
});
