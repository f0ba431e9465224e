/**
 * Go's text/template, as far as a model template can use it: what a model's TEMPLATE layer and a request's `template` are
 * written in. Own lexer, parser and evaluator; no host function can be reached from a template.
 */
import { CorralError } from '../../core/corral-error.ts';
import type { GoValue } from './go-value.ts';
import { templateFailed } from './template-error.ts';
import { TemplateEvaluator } from './template-evaluator.ts';
import { templateFunctionNames } from './template-functions.ts';
import { TemplateBudget } from './template-limits.ts';
import type { TemplateTrees } from './template-parser.ts';
import { parseTemplateTrees } from './template-parser.ts';

export interface GoTemplate extends TemplateTrees {
  readonly source: string;
}

export interface ExecuteOptions {
  /** For `currentDate` and `yesterdayDate`; the present by default. */
  readonly now?: Date;
  /** Shared by the runs that make one prompt, so that many turns cannot multiply the limits. */
  readonly budget?: TemplateBudget;
}

/** Throws `template_failed` worded like Go: `template: :LINE: message`. */
export function parseGoTemplate(source: string): GoTemplate {
  return { source, ...parseTemplateTrees(source, templateFunctionNames) };
}

/**
 * The text of the template over `data`. Throws `template_failed` worded like Go
 * (`template: :LINE:COLUMN: executing "" at <node>: message`), or when a limit of template-limits.ts is passed.
 */
export function executeGoTemplate(template: GoTemplate, data: GoValue, options: ExecuteOptions = {}): string {
  const evaluator = new TemplateEvaluator(template, data, {
    now: new Date(),
    budget: new TemplateBudget(),
    ...options,
  });
  try {
    return evaluator.run(data);
  } catch (thrown) {
    if (thrown instanceof CorralError) throw thrown;
    // The last defence: the limits keep clear of the engine's own (stack, string length), unless a caller is itself near them.
    if (thrown instanceof RangeError) throw templateFailed(`template: : ${thrown.message}`);
    throw thrown;
  }
}
