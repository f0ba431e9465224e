/** What the commands of a Modelfile ask for, before any file is looked at. */
import { CorralError } from '../../core/corral-error.ts';
import type { PlacedCommand } from '../../formats/modelfile/modelfile-command.ts';
import { deprecatedParameters, type ParameterValue, readParameterValue } from './parameter-value.ts';
import { parseSemanticVersion } from './semantic-version.ts';

/** A path, or in FROM a model's name, as it is written. */
export interface Reference {
  readonly text: string;
  readonly line: number;
}

export interface CreatePlan {
  readonly from: readonly Reference[];
  /** The last one counts. */
  readonly adapter: Reference | undefined;
  readonly drafts: readonly Reference[];
  /** Fields of the request to /api/create that the Modelfile alone determines. */
  readonly fields: CreateFields;
  /** A line each, for people. */
  readonly warnings: readonly string[];
}

interface CreateFields {
  readonly template?: string;
  readonly system?: string;
  readonly renderer?: string;
  readonly parser?: string;
  readonly requires?: string;
  readonly license?: readonly string[];
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  readonly messages?: readonly { readonly role: string; readonly content: string }[];
}

/** Of what may stand once the last one counts; licences and messages add up. Throws `bad_modelfile`. */
export function planCreate(commands: readonly PlacedCommand[]): CreatePlan {
  const references = (kind: 'from' | 'adapter' | 'draft'): Reference[] =>
    commands.filter((command) => command.kind === kind).map(({ value, line }) => ({ text: value, line }));
  const last = (kind: 'template' | 'system' | 'renderer' | 'parser') =>
    commands.findLast((command) => command.kind === kind)?.value;
  const { parameters, warnings } = readParameters(commands);
  return {
    from: references('from'),
    adapter: references('adapter').at(-1),
    drafts: references('draft'),
    fields: given({
      template: last('template'),
      system: last('system'),
      renderer: last('renderer'),
      parser: last('parser'),
      requires: requiredVersion(commands),
      license: commands.filter(({ kind }) => kind === 'license').map(({ value }) => value),
      parameters,
      messages: commands.flatMap((command) =>
        command.kind === 'message' ? [{ role: command.role, content: command.value }] : [],
      ),
    }),
    warnings,
  };
}

/** Without what is empty: the server then leaves it as the base model has it. */
function given(fields: Readonly<Record<keyof CreateFields, unknown>>): CreateFields {
  const isEmpty = (value: unknown): boolean =>
    value === undefined || value === '' || (typeof value === 'object' && Object.keys(value ?? {}).length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

/** Every `stop` is one more; of the others the last one counts. */
function readParameters(commands: readonly PlacedCommand[]) {
  const parameters = new Map<string, ParameterValue>();
  const warnings: string[] = [];
  for (const command of commands) {
    if (command.kind !== 'parameter') continue;
    const { name, value, line } = command;
    if (deprecatedParameters.has(name)) {
      warnings.push(`warning: parameter ${name} is deprecated (line ${line})`);
      continue;
    }
    const read = readParameterValue(name, value, line);
    const before = parameters.get(name);
    parameters.set(name, Array.isArray(read) && Array.isArray(before) ? [...before, ...read] : read);
  }
  return { parameters: Object.fromEntries(parameters), warnings };
}

function requiredVersion(commands: readonly PlacedCommand[]): string | undefined {
  let version: string | undefined;
  for (const { kind, value, line } of commands) {
    if (kind !== 'requires') continue;
    version = parseSemanticVersion(value);
    if (version !== undefined) continue;
    throw new CorralError('bad_modelfile', 'requires must be a valid semver (e.g. 0.14.0)', {
      hint: `Line ${line} has '${value}'.`,
    });
  }
  return version;
}
