/**
 * `corral create MODEL -f FILE`: reads the Modelfile here, sends what the server lacks of its files, and has the server make the model. The
 * server sees digests and names, never a path of this machine.
 */
import { CorralError } from '../../core/corral-error.ts';
import { tryParseModelName } from '../../formats/model-name.ts';
import { usageError } from '../command-arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { type Components, findComponents } from '../create/find-components.ts';
import { planCreate } from '../create/create-plan.ts';
import { readModelfile } from '../create/read-modelfile.ts';
import { sendFiles } from '../create/send-files.ts';
import { followProgress } from '../progress/follow-progress.ts';
import { openProgress } from '../progress/progress-view.ts';
import type { ServerClient } from '../server-client.ts';

export async function createModel(context: CommandContext): Promise<number> {
  const { flags, signal } = context;
  const [model = ''] = context.positionals;
  if (tryParseModelName(model) === undefined) throw invalidName(model);
  const { commands, folder, isWritten } = await readModelfile(textFlag(flags['file']));
  if (!isWritten) context.tell('no Modelfile here: the model is made of the files in this folder (FROM .)\n');
  const plan = planCreate(commands);
  for (const warning of plan.warnings) context.tell(`${warning}\n`);
  const components = await findComponents(plan, folder);
  const draftQuantize = textFlag(flags['draft-quantize']);
  if (draftQuantize !== undefined && components.drafts.length === 0 && components.draftFrom === undefined)
    throw usageError('--draft-quantize requires a DRAFT model', 'Name one in the Modelfile: DRAFT ./small.gguf');
  const quantize = textFlag(flags['quantize']);
  const requantize = flags['requantize'] === true;
  if (requantize && quantize === undefined)
    throw usageError('--requantize requires --quantize', 'Say to which type: corral create fast -q Q8_0 --requantize');

  const client = await context.connect();
  const request = {
    model,
    from: components.from?.text,
    ...(await sendComponents(components, context, client)),
    draft_from: components.draftFrom?.text,
    ...plan.fields,
    quantize,
    ...(requantize && { requantize }),
    draft_quantize: draftQuantize,
  };
  try {
    await followProgress(context, client, '/api/create', request, signal);
  } catch (thrown) {
    throw explained(thrown, components);
  }
  return 0;
}

async function sendComponents(
  { files, adapters, drafts }: Components,
  { host, signal }: CommandContext,
  client: ServerClient,
) {
  const view = await openProgress(host.stderr);
  try {
    const sender = { client, view, signal };
    return {
      files: await sendFiles(files, sender),
      adapters: await sendFiles(adapters, sender),
      draft_files: await sendFiles(drafts, sender),
    };
  } finally {
    view.finish();
  }
}

function textFlag(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function invalidName(model: string): CorralError {
  return new CorralError('invalid_model_name', `invalid model name: ${model}`, {
    hint: 'A name looks like model, model:tag or namespace/model:tag; letters, digits, "-", "_" and "." are allowed.',
  });
}

/** A FROM that leads to no file is a model's name for the server; the user may have meant a file. */
function explained(thrown: unknown, { from }: Components): unknown {
  const isName = from === undefined || tryParseModelName(from.text) !== undefined;
  if (isName || !(thrown instanceof CorralError) || !thrown.message.includes('invalid model name')) return thrown;
  return new CorralError('bad_modelfile', thrown.message, {
    cause: thrown,
    hint: `Line ${from.line}: there is no file '${from.text}', and no model can be called so.`,
  });
}
