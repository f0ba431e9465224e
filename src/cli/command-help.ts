/** The help texts: an overview of all commands, and a page per command that teaches by example. */
import type { FlagSpec } from './command-arguments.ts';
import type { CommandSpec } from './command-spec.ts';
import { commandTable } from './command-table.ts';

export function overviewHelp(): string {
  const commands = commandTable.map(({ name, summary }): Pair => [name, summary]);
  return sections(
    'Corral runs language models on this machine. Nothing leaves it.',
    section('Usage', ['corral COMMAND [flags]', 'corral help COMMAND']),
    pairs('Start here', [
      ['corral run smollm2:135m', 'Chat with the model that comes with Corral'],
      ['corral run smollm2:135m "Why is the sky blue?"', 'Ask it once'],
      ['corral list', 'See which models are here'],
    ]),
    pairs('Commands', [...commands, ['help', 'Explain a command']]),
    pairs('Flags', [
      ['-h, --help', 'Show this help'],
      ['-v, --version', 'Show the version'],
    ]),
    pairs('Environment', [
      ['OLLAMA_HOST', 'Address of the server (default 127.0.0.1:11434)'],
      ['OLLAMA_MODELS', 'Folder of the models (default ~/.ollama/models)'],
    ]) + "\n  'corral serve --help' names the others; 'corral serve --print-settings' shows their values.",
  );
}

export function commandHelp(command: CommandSpec): string {
  const names = [command.name, ...command.aliases].join('|');
  const flags = [
    ...command.flags.filter(({ hidden }) => hidden !== true).map(flagPair),
    ['-h, --help', 'Show this help'] as const,
  ];
  return sections(
    `${command.summary}.`,
    section('Usage', [`corral ${names}${command.usage === '' ? '' : ` ${command.usage}`} [flags]`]),
    pairs(
      'Examples',
      command.examples.map(({ command: line, what }): Pair => [line, what]),
    ),
    pairs('Flags', flags),
    pairs(
      'Environment',
      command.environment.map(({ name, what }): Pair => [name, what]),
    ),
  );
}

type Pair = readonly [left: string, right: string];

function flagPair({ name, short, kind, value, summary }: FlagSpec): Pair {
  const long = kind === 'optional-text' ? `--${name}[=${value}]` : `--${name}${value === undefined ? '' : ` ${value}`}`;
  return [short === undefined ? `    ${long}` : `-${short}, ${long}`, summary];
}

function sections(...parts: readonly string[]): string {
  return parts.join('\n\n') + '\n';
}

function section(title: string, lines: readonly string[]): string {
  return [`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}

function pairs(title: string, rows: readonly Pair[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return section(
    title,
    rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`),
  );
}
