/**
 * A Modelfile to its commands, by Ollama's grammar: what it accepts is accepted and means the same, what it refuses is refused with its
 * message. The hint adds what it leaves out: the line, and what was expected there.
 */
import { badModelfile } from './bad-modelfile.ts';
import { decodeModelfile } from './decode-modelfile.ts';
import {
  type MessageRole,
  messageRoles,
  type PlacedCommand,
  type ValueKeyword,
  valueKeywords,
} from './modelfile-command.ts';
import { ModelfileLexer, unclosed } from './modelfile-lexer.ts';

/** A saved chat has a command per message; the longest known are some thousands. Each takes memory that its text does not. */
const maxCommands = 100_000;

const letters = /[A-Za-z]*/y;
const parameterLetters = /[A-Za-z0-9_]*/y;

/** Throws `bad_modelfile`. At least one of the commands is a `from`. */
export function parseModelfile(bytes: Uint8Array): readonly PlacedCommand[] {
  const lexer = new ModelfileLexer(decodeModelfile(bytes));
  const commands: PlacedCommand[] = [];
  for (lexer.skipToCommand(); !lexer.atEnd; lexer.skipToCommand()) {
    if (commands.length === maxCommands) throw tooMany(lexer.line);
    commands.push(readCommand(lexer));
  }
  if (commands.some(({ kind }) => kind === 'from')) return commands;
  throw badModelfile('no FROM line', 'Name the model or file to build on, for example: FROM smollm2:135m');
}

function readCommand(lexer: ModelfileLexer): PlacedCommand {
  const { line } = lexer;
  const keyword = lexer.word(letters).toLowerCase();
  if (lexer.atEnd) throw unexpectedEnd('', line, `the command is cut off after '${keyword}'`);
  const isKnown = keyword === 'parameter' || keyword === 'message' || isValueKeyword(keyword);
  if (!isKnown || !lexer.skipBlank()) throw badCommand(line, isKnown ? keyword : undefined);
  switch (keyword) {
    case 'parameter': {
      const name = readName(lexer, parameterLetters, line, parameterHint);
      return { kind: 'parameter', name, value: readValue(lexer, line), line };
    }
    case 'message': {
      const role = readName(lexer, letters, line, messageHint);
      if (!isMessageRole(role)) throw badRole(line, role);
      return { kind: 'message', role, value: readValue(lexer, line), line };
    }
    default:
      return { kind: keyword, value: readValue(lexer, line), line };
  }
}

const parameterHint = 'PARAMETER needs a name and a value, for example: PARAMETER temperature 0.7';
const messageHint = 'MESSAGE needs a role and a text, for example: MESSAGE user Hello';

/** The word before a value. */
function readName(lexer: ModelfileLexer, pattern: RegExp, line: number, hint: string): string {
  const name = lexer.word(pattern);
  if (lexer.skipBlank()) return name;
  throw unexpectedEnd(lexer.atEnd ? '' : name, line, hint);
}

function readValue(lexer: ModelfileLexer, line: number): string {
  const value = lexer.value();
  if (value !== unclosed) return value;
  throw unexpectedEnd('', line, 'a value that opens with quotes must end a line with the same quotes');
}

function isValueKeyword(word: string): word is ValueKeyword {
  return (valueKeywords as readonly string[]).includes(word);
}

function isMessageRole(word: string): word is MessageRole {
  return (messageRoles as readonly string[]).includes(word);
}

function badCommand(line: number, keyword: string | undefined): Error {
  const hint =
    keyword === undefined
      ? 'A line begins with a command, or with # for a comment; a text of several lines stands in """ quotes.'
      : `${keyword.toUpperCase()} needs a value behind it, with a blank between.`;
  return badModelfile(
    `(line ${line}): command must be one of "from", "license", "template", "system", "adapter", "draft", "renderer", ` +
      '"parser", "parameter", "message", or "requires"',
    hint,
  );
}

function badRole(line: number, role: string): Error {
  return badModelfile(
    `(line ${line}): message role must be one of "system", "user", or "assistant"`,
    role === '' ? 'Write one blank between MESSAGE and the role.' : 'Roles are written in small letters.',
  );
}

function unexpectedEnd(after: string, line: number, what: string): Error {
  return badModelfile(after === '' ? 'unexpected EOF' : `unexpected EOF: ${after}`, `Line ${line}: ${what}.`);
}

function tooMany(line: number): Error {
  return badModelfile(
    `(line ${line}): more than ${maxCommands} commands`,
    'Is this a Modelfile? Leave out what it does not need.',
  );
}
