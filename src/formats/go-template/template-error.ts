import { CorralError } from '../../core/corral-error.ts';

const defaultHint = "Check the model's TEMPLATE: `show --template` prints it.";

/** A `template_failed` whose message is worded as Go's text/template words it, so that clients see the text they know. */
export function templateFailed(message: string, hint: string = defaultHint): CorralError {
  return new CorralError('template_failed', message, { hint });
}

/** Thrown by template functions; the evaluator adds where in the template it happened. */
export class TemplateFunctionError extends Error {}
