import { modelOverview } from '../answer/model-overview.ts';
import { usageError } from '../command-arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { asRecord, textField } from '../json-fields.ts';

const parts = ['license', 'modelfile', 'parameters', 'system', 'template'] as const;

/** `corral show MODEL`: the overview, or one part of the model as it is. */
export async function showModel(context: CommandContext): Promise<number> {
  const [model = ''] = context.positionals;
  const wanted = parts.filter((part) => context.flags[part] === true);
  if (wanted.length > 1) {
    throw usageError(
      "only one of '--license', '--modelfile', '--parameters', '--system', or '--template' can be specified",
    );
  }
  const verbose = context.flags['verbose'] === true;
  const client = await context.connect({ verbose });
  const reply = asRecord(await client.readJson('POST', '/api/show', { model, verbose }, { signal: context.signal }));
  const [part] = wanted;
  if (part === undefined) context.print(modelOverview(reply, verbose));
  else context.print(`${textField(reply, part)}\n`);
  return 0;
}
