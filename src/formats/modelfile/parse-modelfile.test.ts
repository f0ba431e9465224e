import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CorralError } from '../../core/corral-error.ts';
import { maxModelfileBytes } from './decode-modelfile.ts';
import type { ModelfileCommand, PlacedCommand } from './modelfile-command.ts';
import { parseModelfile } from './parse-modelfile.ts';
import { printModelfile } from './print-modelfile.ts';

const parse = (text: string) => parseModelfile(Buffer.from(text));
const withoutLine = ({ line: _line, ...command }: PlacedCommand): ModelfileCommand => command;

function errorOf(bytes: Uint8Array): CorralError {
  try {
    parseModelfile(bytes);
  } catch (thrown) {
    if (thrown instanceof CorralError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

/** The value of the SYSTEM command that `text` makes. */
function systemOf(text: string): string | undefined {
  const commands = parse(`FROM a\n${text}`);
  expect(commands.map(({ kind }) => kind)).toEqual(['from', 'system']);
  return commands[1]?.value;
}

describe('a value', () => {
  test.each([
    ['runs to the end of the line, without blanks around it', 'SYSTEM  \t be nice \t\n', 'be nice'],
    ['needs no line end', 'SYSTEM hi', 'hi'],
    ['may be empty', 'SYSTEM \n', ''],
    ['may be empty in quotes', 'SYSTEM ""\n', ''],
    ['may be empty in three quotes', 'SYSTEM """"""\n', ''],
    ['keeps a # in it', 'SYSTEM a # b', 'a # b'],
    ['keeps quotes in the middle', 'SYSTEM say "hi" now', 'say "hi" now'],
    ['keeps its blanks in quotes', 'SYSTEM " hi "', ' hi '],
    ['spans lines in quotes', 'SYSTEM "a\n b"\n', 'a\n b'],
    ['spans lines in three quotes', 'SYSTEM """\na "b"\n\nc"""\n', '\na "b"\n\nc'],
    ['ends with quotes and blanks', 'SYSTEM """a"""   \n', 'a'],
    ['goes on after quotes in the middle of a line', 'SYSTEM "a" b\nc"\n', 'a" b\nc'],
    ['may have many quotes', `SYSTEM """''"'""'""'"'''''""'""'"""`, `''"'""'""'"'''''""'""'`],
    ['may be a quote', 'SYSTEM """""""', '"'],
    ['has no single quotes', "SYSTEM 'a'", "'a'"],
    ['has no escapes', 'SYSTEM "a\\n\\"', 'a\\n\\'],
    ['keeps CRLF in quotes', 'SYSTEM "a\r\nb"\r\n', 'a\r\nb'],
    ['loses control characters', 'SYSTEM a\u0007b\u007fc\u0085', 'abc'],
    ['keeps control characters in quotes', 'SYSTEM "a\fb"', 'a\fb'],
    ['keeps what joins characters', 'SYSTEM 👩‍👧 한글\u3000a\u00a0b', '👩‍👧 한글\u3000a\u00a0b'],
  ])('%s', (_name, text, value) => {
    expect(systemOf(text)).toBe(value);
  });
});

describe('commands', () => {
  test.each([
    ['in any case', 'FrOm a', [{ kind: 'from', value: 'a', line: 1 }]],
    ['between comments and empty lines', '\n  # one\n\t#two\n FROM a\n#', [{ kind: 'from', value: 'a', line: 4 }]],
    [
      'with a name before the value',
      'FROM a\nPARAMETER top_k\t5',
      [
        { kind: 'from', value: 'a', line: 1 },
        { kind: 'parameter', name: 'top_k', value: '5', line: 2 },
      ],
    ],
    [
      'with a role before the value',
      'MESSAGE user a: b\nFROM a',
      [
        { kind: 'message', role: 'user', value: 'a: b', line: 1 },
        { kind: 'from', value: 'a', line: 2 },
      ],
    ],
    [
      'whose lines are counted through quotes and CRLF',
      'FROM a\r\nSYSTEM """x\r\ny"""\r\nLICENSE MIT\r\n',
      [
        { kind: 'from', value: 'a', line: 1 },
        { kind: 'system', value: 'x\r\ny', line: 2 },
        { kind: 'license', value: 'MIT', line: 4 },
      ],
    ],
  ])('%s', (_name, text, commands) => {
    expect(parse(text)).toEqual(commands);
  });

  test('every keyword', () => {
    const kinds = ['from', 'license', 'template', 'system', 'adapter', 'draft', 'renderer', 'parser', 'requires'];
    expect(parse(kinds.map((kind) => `${kind} x\n`).join('')).map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('a fault', () => {
  const commandMessage =
    'command must be one of "from", "license", "template", "system", "adapter", "draft", "renderer", "parser", ' +
    '"parameter", "message", or "requires"';
  const roleMessage = 'message role must be one of "system", "user", or "assistant"';
  test.each([
    ['no FROM', 'SYSTEM x', 'no FROM line', 'FROM smollm2:135m'],
    ['nothing at all', '', 'no FROM line', 'FROM smollm2:135m'],
    ['an unknown command', 'FROM a\nRUN rm -rf', `(line 2): ${commandMessage}`, 'comment'],
    ['a character that begins no command', 'FROM a\n\n-x y', `(line 3): ${commandMessage}`, '"""'],
    ['a command without a value', 'FROM a\nSYSTEM\nLICENSE x', `(line 2): ${commandMessage}`, 'SYSTEM needs a value'],
    ['a command at the end', 'FROM a\nSYSTEM', 'unexpected EOF', 'Line 2'],
    ['an unknown role', 'FROM a\nMESSAGE wizard hi', `(line 2): ${roleMessage}`, 'small letters'],
    ['a role in capitals', 'FROM a\nMESSAGE User hi', `(line 2): ${roleMessage}`, 'small letters'],
    ['two blanks before a role', 'FROM a\nMESSAGE  user hi', `(line 2): ${roleMessage}`, 'one blank'],
    ['a role with a colon', 'FROM a\nMESSAGE user: hi', 'unexpected EOF: user', 'MESSAGE user Hello'],
    ['a parameter without a value', 'FROM a\nPARAMETER temperature\n', 'unexpected EOF: temperature', 'Line 2'],
    ['a parameter that ends the file', 'FROM a\nPARAMETER temperature', 'unexpected EOF', 'Line 2'],
    ['quotes that never close', 'FROM a\nSYSTEM """oops\n"', 'unexpected EOF', 'Line 2'],
    ['a quote alone', 'FROM a\nSYSTEM "', 'unexpected EOF', 'same quotes'],
    ['three quotes that close with two', 'FROM a\nSYSTEM """oops""', 'unexpected EOF', 'same quotes'],
  ])('%s', (_name, text, message, hint) => {
    const error = errorOf(Buffer.from(text));
    expect(error.message).toBe(message);
    expect(error.hint).toContain(hint);
    expect(error.code).toBe('bad_modelfile');
  });
});

describe('encodings', () => {
  const text = 'FROM a\r\nSYSTEM 당신은 🙂\n';
  const expected = [
    { kind: 'from', value: 'a', line: 1 },
    { kind: 'system', value: '당신은 🙂', line: 2 },
  ];
  const littleEndian = Buffer.from(`\ufeff${text}`, 'utf16le');
  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, low byte first', littleEndian],
    ['UTF-16, high byte first', Buffer.from(littleEndian).swap16()],
  ])('%s', (_name, bytes) => {
    expect(parseModelfile(bytes)).toEqual(expected);
  });

  test.each([
    [
      'Latin-1',
      Buffer.from('FROM a\n# ok\nSYSTEM schön\n', 'latin1'),
      '(line 3): the text is neither UTF-8 nor UTF-16',
    ],
    ['Latin-1 in the last line', Buffer.from('FROM a\nSYSTEM é', 'latin1'), '(line 2): the text is neither'],
    ['half a UTF-16 character', littleEndian.subarray(0, -1), 'not valid UTF-16'],
    ['weights', Buffer.from('GGUF\u0003\u0000\u0000\u0000\u00ff', 'latin1'), 'this is a GGUF file'],
    ['a large file', Buffer.alloc(maxModelfileBytes + 1, 'x'), 'larger than 16777216 bytes'],
  ])('%s is refused', (_name, bytes, message) => {
    expect(errorOf(bytes).message).toContain(message);
  });
});

test('a Modelfile of many commands is refused, not kept', () => {
  expect(errorOf(Buffer.from('FROM a\n'.repeat(100_001))).message).toBe('(line 100001): more than 100000 commands');
});

test.each([
  ['blank lines in quotes', `FROM a\nSYSTEM """${'\n'.repeat(2_000_000)}"""`],
  ['quotes in every line', `FROM a\nSYSTEM """${'""\n'.repeat(600_000)}"""`],
  ['a long comment', `${'#'.repeat(2_000_000)}\nFROM a`],
])('time grows with the size alone: %s', (_name, text) => {
  const started = performance.now();
  parse(text);
  expect(performance.now() - started).toBeLessThan(2000);
});

describe('properties', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('"', '""', ' ', '\t', '\n', '\r\n', 'a', '#', '\u0007', '\ufeff', '\u2028', '한'),
    }),
  );
  const kind = fc.constantFrom('license', 'template', 'system', 'adapter', 'draft', 'renderer', 'parser', 'requires');
  const command: fc.Arbitrary<ModelfileCommand> = fc.oneof(
    fc.record({ kind, value }) as fc.Arbitrary<ModelfileCommand>,
    fc.record({ kind: fc.constant('parameter' as const), name: fc.stringMatching(/^[A-Za-z0-9_]+$/), value }),
    fc.record({ kind: fc.constant('message' as const), role: fc.constantFrom('system', 'user', 'assistant'), value }),
  );
  const from: fc.Arbitrary<ModelfileCommand> = fc.record({ kind: fc.constant('from'), value });
  const commandList = fc
    .tuple(from, fc.array(command))
    .map(([first, others]) => [first, ...others])
    // What a Modelfile cannot hold is refused by the printer; the test below says which that is.
    .filter((commands) => !commands.some(({ value: text }) => /"""\s*[\r\n]/.test(text)));

  test('what is printed is read back', () => {
    fc.assert(
      fc.property(commandList, (commands) => {
        expect(parse(printModelfile(commands)).map(withoutLine)).toEqual(commands);
      }),
      { numRuns: 2000 },
    );
  });

  test('what is printed of a read text is read back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('FROM a', 'SYSTEM ', '"', '"""', '\n', 'x ', '#', 'PARAMETER top_k '), {
          maxLength: 30,
        }),
        (parts) => {
          const text = parts.join('');
          let commands: readonly ModelfileCommand[];
          try {
            commands = parse(text).map(withoutLine);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(CorralError);
            return;
          }
          expect(parse(printModelfile(commands)).map(withoutLine)).toEqual(commands);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('a command does not depend on its neighbours', () => {
    fc.assert(
      fc.property(commandList, commandList, (first, second) => {
        const together = parse(printModelfile(first) + printModelfile(second));
        expect(together.map(withoutLine)).toEqual([...first, ...second]);
      }),
    );
  });

  test.each([
    ['a line that ends in three quotes', { kind: 'system', value: 'a"""\nb' }, 'a line of it ends in """'],
    ['a name with a dash', { kind: 'parameter', name: 'top-k', value: '1' }, "'top-k' cannot be the name"],
  ] as const)('%s cannot be printed', (_name, unprintable, message) => {
    expect(() => printModelfile([unprintable])).toThrow(message);
  });

  test('random bytes give commands or the typed error', () => {
    const fragment = fc.constantFrom('FROM a\n', 'MESSAGE user ', 'PARAMETER ', '"""', '\r\n', '\ufeff', '# ');
    const bytes = fc
      .array(
        fc.oneof(
          fragment.map((text) => Buffer.from(text)),
          fc.uint8Array().map((part) => Buffer.from(part)),
        ),
      )
      .map((parts) => Buffer.concat(parts));
    fc.assert(
      fc.property(bytes, (input) => {
        try {
          parseModelfile(input);
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'CorralError', code: 'bad_modelfile' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
