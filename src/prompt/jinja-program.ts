/**
 * One chat template, parsed once, run within limits. Foreign errors of the jinja library become `template_failed` here.
 *
 * Two nets hold a hostile template: the interpreter's own counts (the same on every machine), and a clock for what one
 * step can do to texts within those counts. The clock is node:vm's watchdog, the only way to end synchronous
 * JavaScript from outside without a thread of its own; the template itself is never JavaScript and never runs "in" the vm.
 */
import { Script, createContext } from 'node:vm';

import { Template } from '@huggingface/jinja';

import { CorralError } from '../core/corral-error.ts';
import { BoundedInterpreter, JinjaLimitError, newJinjaScope } from './jinja-interpreter.ts';
import type { JinjaNode, JinjaScope } from './jinja-interpreter.ts';
import { pythonStrftime } from './python-strftime.ts';

/** The largest published chat templates are about 30 kB. */
const maxSourceLength = 256 * 1024;
/** As in jinja's own sandbox; no chat template counts further. */
const maxRangeLength = 100_000;
/** A Qwen3 conversation with tools takes about 150 steps a message; a long system prompt is one. */
const baseSteps = 300_000;
const stepsPerInputCharacter = 32;
/** A template adds its own texts once and a frame to each message; none prints its input four times over. */
const baseTextLength = 1024 * 1024;
const textPerInputCharacter = 8;
/** Many times what the longest real conversations take; the server answers nobody in the meantime. */
const clockMs = 3_000;
/** Programs kept parsed; a server rarely serves more models at once. */
const maxKept = 16;

export interface JinjaProgram {
  /** The text for these variables; `now` is what `strftime_now` tells. Throws `template_failed`. */
  render(variables: Readonly<Record<string, unknown>>, now?: () => Date): string;
}

/** What a template says through `raise_exception`. */
export class TemplateRefusal extends Error {}

const kept = new Map<string, JinjaProgram>();

/** Parses a template, or takes the one kept from before. Throws `template_failed` when it is too long or not jinja. */
export function jinjaProgram(source: string): JinjaProgram {
  const known = kept.get(source);
  if (known !== undefined) {
    kept.delete(source);
    kept.set(source, known);
    return known;
  }
  const program = compile(source);
  kept.set(source, program);
  const [oldest] = kept.keys();
  if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
  return program;
}

function compile(source: string): JinjaProgram {
  if (source.length > maxSourceLength) {
    throw new CorralError('template_failed', `the chat template is too long (${source.length} characters)`);
  }
  const parsed = guarded(() => new Template(source).parsed as unknown as JinjaNode);
  return {
    render(variables, now = () => new Date()) {
      const inputLength = JSON.stringify(variables).length;
      const limits = {
        maxSteps: baseSteps + stepsPerInputCharacter * inputLength,
        maxTextLength: baseTextLength + textPerInputCharacter * inputLength,
      };
      return guarded(() => {
        const scope = globals(now);
        for (const [name, value] of Object.entries(variables)) scope.set(name, value);
        return String(new BoundedInterpreter(scope, limits).evaluate(parsed, scope).value);
      });
    },
  };
}

function globals(now: () => Date): JinjaScope {
  const scope = new newJinjaScope();
  for (const name of ['true', 'True']) scope.set(name, true);
  for (const name of ['false', 'False']) scope.set(name, false);
  for (const name of ['none', 'None']) scope.set(name, null);
  scope.set('range', boundedRange);
  scope.set('strftime_now', (format: unknown) => pythonStrftime(now(), String(format)));
  scope.set('raise_exception', (message: unknown) => {
    throw new TemplateRefusal(String(message));
  });
  return scope;
}

function boundedRange(first: unknown, second?: unknown, third: unknown = 1): number[] {
  const [start, stop] = second === undefined ? [0, Number(first)] : [Number(first), Number(second)];
  const step = Number(third);
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!Number.isFinite(length)) throw new Error('range() takes whole numbers and a step that is not zero');
  if (length > maxRangeLength) throw new JinjaLimitError('it counts too far');
  return Array.from({ length }, (_, index) => start + index * step);
}

interface Errand {
  run: () => void;
}
const errand: Errand = { run: () => undefined };
createContext(errand);
const runErrand = new Script('run()');

function guarded<T>(work: () => T): T {
  const results: T[] = [];
  errand.run = () => {
    results.push(work());
  };
  try {
    runErrand.runInContext(errand, { timeout: clockMs });
  } catch (error) {
    throw templateFailed(error);
  }
  const [result] = results;
  return result as T;
}

function templateFailed(thrown: unknown): CorralError {
  if (thrown instanceof TemplateRefusal) {
    return new CorralError('template_failed', thrown.message, {
      hint: "The model's own chat template refuses this conversation; change its roles or their order.",
      cause: thrown,
    });
  }
  const cause = limitBehind(thrown) ?? thrown;
  const hint = "The chat template inside the model file can't be used; give the model a TEMPLATE of your own.";
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CorralError('template_failed', `chat template: ${reason}`, { hint, cause });
}

/** The limit that an error speaks of, also where the JavaScript engine set it. */
function limitBehind(thrown: unknown): JinjaLimitError | undefined {
  if (thrown instanceof JinjaLimitError) return thrown;
  // A nesting too deep for the stack, or a text past the engine's own limit.
  if (thrown instanceof RangeError) return new JinjaLimitError('it nests too deeply or makes too long a text');
  // The watchdog's error belongs to the vm's own realm, so `instanceof Error` does not know it.
  const timedOut =
    typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
  return timedOut ? new JinjaLimitError('it takes too long') : undefined;
}
