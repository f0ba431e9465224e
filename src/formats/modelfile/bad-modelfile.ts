import { CorralError } from '../../core/corral-error.ts';

/** `message` is Ollama's where it has one, because scripts match on it; the hint says where the fault is and what was expected. */
export function badModelfile(message: string, hint: string): CorralError {
  return new CorralError('bad_modelfile', message, { hint });
}
