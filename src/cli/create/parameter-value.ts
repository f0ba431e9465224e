/** The text behind PARAMETER as the value that its option has, by the spellings that Go's strconv reads. */
import { optionKind } from '../../api/ollama/options.ts';
import { CorralError } from '../../core/corral-error.ts';
import { shortestFloat } from '../../formats/gguf/shortest-float.ts';

export type ParameterValue = number | boolean | readonly string[];

/** Options that Ollama once had. A Modelfile may still set them, to no effect. */
export const deprecatedParameters: ReadonlySet<string> = new Set([
  'penalize_newline',
  'low_vram',
  'f16_kv',
  'logits_all',
  'vocab_only',
  'use_mlock',
  'mirostat',
  'mirostat_tau',
  'mirostat_eta',
]);

const whole = /^[+-]?\d+$/;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Throws `bad_modelfile` for an unknown name and for a text that is no such value. `line` is told in the hint. */
export function readParameterValue(name: string, text: string, line: number): ParameterValue {
  const kind = optionKind(name);
  switch (kind) {
    case undefined:
      throw badParameter(`unknown parameter '${name}'`, line, unknownHint(name));
    case 'array':
      return [text];
    case 'integer':
      if (whole.test(text) && isInt64(text)) return Number(text);
      throw badParameter(`invalid int value [${text}]`, line, `${name} is a whole number`);
    case 'float32': {
      const value = Math.fround(Number(text));
      if (decimal.test(text) && Number.isFinite(value)) return shortestFloat(value);
      throw badParameter(`invalid float value [${text}]`, line, `${name} is a number`);
    }
    case 'boolean':
      if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
      if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
      throw badParameter(`invalid bool value [${text}]`, line, `${name} is true or false`);
  }
}

function isInt64(text: string): boolean {
  // More digits than a 64-bit number has would take BigInt long to read.
  return text.length <= 40 && BigInt.asIntN(64, BigInt(text.replace('+', ''))) === BigInt(text.replace('+', ''));
}

function unknownHint(name: string): string {
  return name === '' ? 'write one blank between PARAMETER and the name' : 'the documentation lists the parameters';
}

function badParameter(message: string, line: number, what: string): CorralError {
  return new CorralError('bad_modelfile', message, { hint: `Line ${line}: ${what}.` });
}
