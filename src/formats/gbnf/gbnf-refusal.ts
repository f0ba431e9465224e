import { CorralError } from '../../core/corral-error.ts';

/** The error for a grammar that is malformed or too much: `invalid_format`, status 400 (the client can mend it). */
export function refuseGrammar(reason: string, line?: number): CorralError {
  const place = line === undefined ? 'in the grammar' : `in line ${line} of the grammar`;
  return new CorralError('invalid_format', `invalid format: ${reason} ${place}`, {
    status: 400,
    hint: 'A grammar is written in GBNF, the notation of llama.cpp: rules "name ::= …", the first to be followed named root.',
  });
}
