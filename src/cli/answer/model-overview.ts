/** The sections that `show MODEL` prints, out of the server's reply. */
import { asRecord, type JsonRecord, listField, numberField, textField } from '../json-fields.ts';
import { formatTable } from '../terminal/table.ts';

type Row = readonly string[];

/** Values of long arrays that the metadata section prints before it only counts. */
const shownArrayValues = 3;
/** Lines of a system message or licence that the overview shows. */
const shownTextLines = 2;

/** `verbose` adds metadata and tensors, for which the reply must have been asked with `verbose`. */
export function modelOverview(reply: JsonRecord, verbose: boolean): string {
  const sections: (readonly [title: string, rows: readonly Row[]])[] = [
    ['Model', modelRows(reply)],
    ['Capabilities', listField(reply, 'capabilities').map((capability) => [String(capability)])],
    ['Projector', projectorRows(asRecord(reply['projector_info']))],
    ['Parameters', parameterRows(textField(reply, 'parameters'))],
    ['Metadata', verbose ? metadataRows(asRecord(reply['model_info'])) : []],
    ['Tensors', verbose ? listField(reply, 'tensors').map((tensor) => tensorRow(asRecord(tensor))) : []],
    ['System', firstLines(textField(reply, 'system'))],
    ['License', firstLines(textField(reply, 'license'))],
  ];
  return sections
    .filter(([, rows]) => rows.length > 0)
    .map(([title, rows]) => `  ${title}\n${formatTable(rows, 4)}\n`)
    .join('');
}

function modelRows(reply: JsonRecord): Row[] {
  const details = asRecord(reply['details']);
  const info = asRecord(reply['model_info']);
  const architecture = textField(info, 'general.architecture');
  const rows: Row[] = [
    ['architecture', architecture || textField(details, 'family')],
    [
      'parameters',
      textField(details, 'parameter_size') || parameterCount(numberField(info, 'general.parameter_count')),
    ],
    ['context length', countText(info[`${architecture}.context_length`])],
    ['embedding length', countText(info[`${architecture}.embedding_length`])],
    ['quantization', textField(details, 'quantization_level')],
    ['requires', textField(reply, 'requires')],
  ];
  return rows.filter(([, value]) => value !== '');
}

function projectorRows(info: JsonRecord): Row[] {
  const architecture = textField(info, 'general.architecture');
  const rows: Row[] = [
    ['architecture', architecture],
    ['parameters', parameterCount(numberField(info, 'general.parameter_count'))],
    ['embedding length', countText(info[`${architecture}.vision.embedding_length`])],
    ['dimensions', countText(info[`${architecture}.vision.projection_dim`])],
  ];
  return rows.filter(([, value]) => value !== '');
}

/** The reply's parameters are lines of a name, spaces, and the value. */
function parameterRows(parameters: string): Row[] {
  const lines = parameters.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [, name = '', value = ''] = /^(\S+)\s*(.*)$/.exec(line.trim()) ?? [];
    return [name, value];
  });
}

function metadataRows(info: JsonRecord): Row[] {
  const names = Object.keys(info).sort();
  return names.map((name) => [name, metadataText(info[name])]);
}

function metadataText(value: unknown): string {
  if (!Array.isArray(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const shown = value.slice(0, shownArrayValues).map(String).join(' ');
  return value.length > shownArrayValues ? `[${shown} ...+${value.length - shownArrayValues} more]` : `[${shown}]`;
}

function tensorRow(tensor: JsonRecord): Row {
  return [textField(tensor, 'name'), textField(tensor, 'type'), `[${listField(tensor, 'shape').join(' ')}]`];
}

function firstLines(text: string): Row[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const shown = lines.slice(0, shownTextLines).map((line) => [line.trimEnd()]);
  return lines.length > shownTextLines ? [...shown, ['...']] : shown;
}

function countText(value: unknown): string {
  return typeof value === 'number' ? String(value) : '';
}

function parameterCount(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)}B`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(2)}M`;
  return count === 0 ? '' : String(count);
}
