/** The lines of `--verbose` from the metrics on an answer's last chunk. */
import { formatGoDuration } from '../../core/go-duration.ts';
import { type JsonRecord, numberField } from '../json-fields.ts';

const labelWidth = 22;

/** Ends in a newline; a metric that the server did not send has no line. */
export function timingReport(last: JsonRecord): string {
  const promptTokens = numberField(last, 'prompt_eval_count');
  const promptNs = numberField(last, 'prompt_eval_duration');
  const tokens = numberField(last, 'eval_count');
  const evalNs = numberField(last, 'eval_duration');
  const lines = [
    line('total duration', duration(numberField(last, 'total_duration'))),
    line('load duration', duration(numberField(last, 'load_duration'))),
    line('prompt eval count', promptTokens === 0 ? '' : `${promptTokens} token(s)`),
    line('prompt eval duration', duration(promptNs)),
    line('prompt eval rate', rate(promptTokens, promptNs)),
    line('eval count', tokens === 0 ? '' : `${tokens} token(s)`),
    line('eval duration', duration(evalNs)),
    line('eval rate', rate(tokens, evalNs)),
  ];
  return lines.join('');
}

function line(label: string, value: string): string {
  return value === '' ? '' : `${`${label}:`.padEnd(labelWidth)}${value}\n`;
}

function duration(ns: number): string {
  return ns === 0 ? '' : formatGoDuration(ns);
}

function rate(tokens: number, ns: number): string {
  return tokens === 0 || ns === 0 ? '' : `${((tokens / ns) * 1e9).toFixed(2)} tokens/s`;
}
