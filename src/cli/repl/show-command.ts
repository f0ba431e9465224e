/** `/show …`: parts of the model, with what this session has set over them. */
import { modelOverview } from '../answer/model-overview.ts';
import { type JsonRecord, textField } from '../json-fields.ts';
import type { ChatSession } from './chat-session.ts';
import { replHelp } from './repl-help.ts';

/** `reply` is the server's answer to /api/show; the text ends in a newline. */
export function showPart(session: ChatSession, reply: JsonRecord, what: string): string {
  switch (what) {
    case 'info':
      return modelOverview(reply, false);
    case 'license':
      return partOr(textField(reply, 'license'), 'No license was specified for this model.');
    case 'modelfile':
      return partOr(textField(reply, 'modelfile'), 'No Modelfile is known for this model.');
    case 'parameters':
      return parametersText(session, textField(reply, 'parameters'));
    case 'system':
      return partOr(session.system || textField(reply, 'system'), 'No system message was specified for this model.');
    case 'template':
      return partOr(textField(reply, 'template'), 'No prompt template was specified for this model.');
    default:
      return what === '' ? replHelp('show') : `Unknown command '/show ${what}'. Type /? for help\n`;
  }
}

function partOr(text: string, otherwise: string): string {
  return `${text === '' ? otherwise : text.trimEnd()}\n\n`;
}

function parametersText(session: ChatSession, model: string): string {
  const own = Object.entries(session.parameters).map(([name, value]) => `  ${name.padEnd(30)} ${String(value)}`);
  const defined = own.length === 0 ? '' : `User defined parameters:\n${own.join('\n')}\n\n`;
  const lines = model.split('\n').map((line) => `  ${line}`);
  return (
    defined +
    (model === ''
      ? 'No additional parameters were specified for this model.\n\n'
      : `Model defined parameters:\n${lines.join('\n')}\n\n`)
  );
}
