import { CorralError } from '../../core/corral-error.ts';
import { tryParseModelName } from '../../formats/model-name.ts';
import type { CommandContext } from '../command-context.ts';
import { followProgress } from '../progress/follow-progress.ts';

/** `corral push MODEL`; stdout gets where the model is to be found. */
export async function pushModel(context: CommandContext): Promise<number> {
  const [model = ''] = context.positionals;
  const client = await context.connect();
  const request = { model, insecure: context.flags['insecure'] === true ? true : undefined };
  try {
    await followProgress(context, client, '/api/push', request, context.signal);
  } catch (thrown) {
    throw explained(thrown);
  }
  context.print(`\nYou can find your model at:\n\n\t${destination(model)}\n`);
  return 0;
}

/** As Ollama: a page of its site for its own registry, the whole name for any other. */
function destination(text: string): string {
  const name = tryParseModelName(text);
  if (name === undefined) return text;
  const { host, namespace, model, tag } = name;
  const ownRegistry = /\.ollama\.(ai|com)$/.test(host);
  if (!ownRegistry) return `${host}/${namespace}/${model}:${tag}`;
  const page = `${namespace === 'library' ? '' : `${namespace}/`}${model}${tag === 'latest' ? '' : `:${tag}`}`;
  return `https://ollama.com/${page}`;
}

function explained(thrown: unknown): unknown {
  if (!(thrown instanceof CorralError) || !/access denied|unauthorized/i.test(thrown.message)) return thrown;
  const message = 'you are not authorized to push to this namespace, create the model under a namespace you own';
  return new CorralError('registry_denied', message, {
    cause: thrown,
    hint: 'The registry says: ' + thrown.message + ". 'corral login HOST' stores a user name and password for it.",
  });
}
