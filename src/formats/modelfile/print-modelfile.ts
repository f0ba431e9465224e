/**
 * Commands as the text of a Modelfile that is read back as the same commands. Quotes stand where Ollama puts them, and wherever
 * the value would be read differently without.
 */
import { badModelfile } from './bad-modelfile.ts';
import type { ModelfileCommand } from './modelfile-command.ts';

/** One line (or more, where a value has several) per command. Throws `bad_modelfile` for what no Modelfile can hold. */
export function printModelfile(commands: readonly ModelfileCommand[]): string {
  return commands.map((command) => `${printCommand(command)}\n`).join('');
}

/** Throws `bad_modelfile` for a value with a line that ends in `"""`, and for a parameter's name that is none. */
export function printCommand(command: ModelfileCommand): string {
  const value = quoted(command.value);
  if (value !== undefined) return `${commandStart(command)} ${value}`;
  throw badModelfile(
    `the ${command.kind} cannot be written in a Modelfile: a line of it ends in """`,
    'Take the quotes away from the end of that line.',
  );
}

function commandStart(command: ModelfileCommand): string {
  switch (command.kind) {
    case 'parameter':
      if (!/^[A-Za-z0-9_]+$/.test(command.name)) {
        throw badModelfile(
          `'${command.name}' cannot be the name of a parameter`,
          'A name has letters, digits and underscores.',
        );
      }
      return `PARAMETER ${command.name}`;
    case 'message':
      return `MESSAGE ${command.role}`;
    default:
      return command.kind.toUpperCase();
  }
}

const edgesOrLineEnd = /^\s|\s$|[\r\n]/;
const control = /(?!\t)\p{Cc}/u;
/** A line inside the value that would be taken for the end of one in these quotes. */
const endsLine = { '"': /"\s*?[\r\n]/, '"""': /"""\s*?[\r\n]/ } as const;

function quoted(value: string): string | undefined {
  const isPlain = value !== '' && !value.startsWith('"') && !edgesOrLineEnd.test(value) && !control.test(value);
  if (isPlain) return value;
  if (!value.includes('"')) return `"${value}"`;
  if (!endsLine['"""'].test(value)) return `"""${value}"""`;
  return undefined;
}
