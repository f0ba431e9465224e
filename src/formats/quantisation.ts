/** The ways in which weights can be quantised: names and numbers of llama.cpp's `llama_ftype`. */
import { CorralError } from '../core/corral-error.ts';

const fileTypes: ReadonlyMap<string, number> = new Map([
  ['F32', 0],
  ['F16', 1],
  ['BF16', 32],
  ['Q8_0', 7],
  ['Q6_K', 18],
  ['Q5_K_M', 17],
  ['Q5_K_S', 16],
  ['Q5_1', 9],
  ['Q5_0', 8],
  ['Q4_K_M', 15],
  ['Q4_K_S', 14],
  ['Q4_1', 3],
  ['Q4_0', 2],
  ['IQ4_NL', 25],
  ['IQ4_XS', 30],
  ['Q3_K_L', 13],
  ['Q3_K_M', 12],
  ['Q3_K_S', 11],
  ['IQ3_M', 27],
  ['IQ3_S', 26],
  ['Q2_K', 10],
  ['TQ2_0', 37],
  ['TQ1_0', 36],
  ['MXFP4_MOE', 38],
  ['Q2_0', 41],
  ['Q1_0', 40],
]);

const otherNames: ReadonlyMap<string, string> = new Map([
  ['Q5_K', 'Q5_K_M'],
  ['Q4_K', 'Q4_K_M'],
  ['Q3_K', 'Q3_K_M'],
]);

/** Too few bits to choose them without knowing which weights matter, which only a run over sample texts can tell. */
const wantImportance: ReadonlySet<string> = new Set([
  'IQ1_S',
  'IQ1_M',
  'IQ2_XXS',
  'IQ2_XS',
  'IQ2_S',
  'IQ2_M',
  'IQ3_XXS',
  'IQ3_XS',
  'Q2_K_S',
]);

export interface Quantisation {
  /** As llama.cpp calls it. */
  readonly name: string;
  /** The number of `llama_ftype`, which is also the file's `general.file_type`. */
  readonly fileType: number;
}

/** `text` in capitals. Throws `bad_request`; its status is Ollama's. */
export function parseQuantisation(text: string): Quantisation {
  const name = otherNames.get(text) ?? text;
  const fileType = fileTypes.get(name);
  if (fileType !== undefined) return { name, fileType };
  if (wantImportance.has(name)) {
    throw new CorralError(
      'bad_request',
      `quantization type ${text} needs an importance matrix, which is not supported`,
      {
        status: 500,
        hint: 'IQ4_XS, IQ3_S and Q2_K do without; or quantise with llama-quantize --imatrix and import the result.',
      },
    );
  }
  const supported = [...fileTypes.keys()].join(', ');
  throw new CorralError('bad_request', `unsupported quantization type ${text} - supported types are ${supported}`, {
    status: 500,
  });
}

/** Only weights in full precision: those of another quantisation would lose twice. */
export const quantisableFileTypes: ReadonlySet<string> = new Set(['F16', 'BF16', 'F32']);
