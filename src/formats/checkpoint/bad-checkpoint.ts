import { CorralError } from '../../core/corral-error.ts';

/** The error for a model of safetensors files that can't be read. Messages name files as the client does, and no path. */
export function badCheckpoint(
  problem: string,
  hint = 'Compare the files with where they came from; what is as its makers left it can be converted with convert_hf_to_gguf.py of llama.cpp.',
): CorralError {
  return new CorralError('bad_checkpoint', problem, { hint });
}
