import { formatByteSize } from '../../core/byte-size.ts';
import type { CommandContext } from '../command-context.ts';
import { asRecord, type JsonRecord, listField, numberField, textField } from '../json-fields.ts';
import { followProgress } from '../progress/follow-progress.ts';
import { formatTable } from '../terminal/table.ts';
import { shortIdLength } from './list-models.ts';

/** `corral verify [MODEL] [--repair]`: what is broken, and whether it was repaired; 1 when anything stays broken. */
export async function verifyModels(context: CommandContext): Promise<number> {
  const { positionals, flags, signal } = context;
  const client = await context.connect();
  const request = { model: positionals[0], repair: flags['repair'] === true, insecure: flags['insecure'] === true };
  const verdict = await followProgress(context, client, '/api/verify', request, signal);
  const problems = listField(verdict, 'problems').map(asRecord);
  const checked = asRecord(verdict['checked']);
  const sum = `${count(numberField(checked, 'models'), 'model')}, ${count(numberField(checked, 'blobs'), 'file')}, ${formatByteSize(numberField(checked, 'bytes'))}`;
  if (problems.length === 0) {
    context.print(`${sum}: all good\n`);
    return 0;
  }
  const rows = problems.flatMap((problem) =>
    listField(problem, 'models').map((model) => [
      String(model),
      textField(problem, 'digest').replace('sha256:', '').slice(0, shortIdLength) || '-',
      textField(problem, 'problem'),
      outcome(problem),
    ]),
  );
  context.print(formatTable([['NAME', 'FILE', 'PROBLEM', 'RESULT'], ...rows]));
  const broken = problems.filter((problem) => problem['repaired'] !== true).length;
  context.print(`${sum}: ${count(problems.length, 'problem')}, ${problems.length - broken} repaired\n`);
  if (broken > 0 && flags['repair'] !== true) context.tell('Fetch what is broken with: corral verify --repair\n');
  return broken > 0 ? 1 : 0;
}

function outcome(problem: JsonRecord): string {
  if (problem['repaired'] === true) return 'repaired';
  const error = textField(problem, 'error');
  if (error !== '') return error;
  return problem['moved_aside'] === true ? 'moved aside' : '-';
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
