import { CorralError } from '../../core/corral-error.ts';

/** The same events; a fault of the format is told to be in the field that this API has for it. */
export async function* namingFormat<Event>(
  events: AsyncIterable<Event>,
  param: string,
): AsyncGenerator<Event, void, undefined> {
  try {
    yield* events;
  } catch (thrown) {
    if (!(thrown instanceof CorralError) || thrown.code !== 'invalid_format' || thrown.param !== undefined)
      throw thrown;
    const { code, message, status, hint } = thrown;
    throw new CorralError(code, message, { status, param, cause: thrown, ...(hint !== undefined && { hint }) });
  }
}
