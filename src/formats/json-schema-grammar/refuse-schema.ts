import { CorralError } from '../../core/corral-error.ts';

/** Longest pointer shown: a hostile schema can have property names of a megabyte. */
const shownPointerLength = 300;

/**
 * The error for a schema that cannot be enforced or is no schema: `invalid_format`, status 400 (the client can mend it), the keyword's
 * JSON pointer in the message. A keyword is never ignored in silence: the client would take the output as checked.
 */
export function refuseSchema(pointer: string, reason: string): SchemaRefusal {
  const shown = pointer.length > shownPointerLength ? `${pointer.slice(0, shownPointerLength)}…` : pointer;
  const place = shown === '' ? "at the schema's root" : `at ${shown}`;
  return new SchemaRefusal(`invalid format: ${reason} ${place}`, pointer, reason);
}

/** Keeps what it was made of, for those who know the schema under another name than `format`. */
export class SchemaRefusal extends CorralError {
  readonly pointer: string;
  readonly reason: string;

  constructor(message: string, pointer: string, reason: string) {
    super('invalid_format', message, {
      status: 400,
      hint: 'Change or remove the named part of the JSON Schema in the format field.',
    });
    this.pointer = pointer;
    this.reason = reason;
  }
}
