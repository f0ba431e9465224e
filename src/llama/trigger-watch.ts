/**
 * Looks in free text for the places where a grammar is to begin. Works on bytes (as latin1 text), because a token may hold half a
 * character, and remembers no more of the text than may still become a trigger.
 */
import type { GrammarTrigger } from '../engine/runner-protocol.ts';

/** White space before a trigger at the start, beyond which the answer counts as begun. */
const mostLead = 256;

export class TriggerWatch {
  readonly #anywhere: readonly string[];
  readonly #atStart: readonly string[];
  readonly #kept: number;
  /** The text's end that may belong to a trigger. */
  #tail = '';
  /** All of the text, as long as it may become a trigger at the start. */
  #beginning: string | undefined = '';

  constructor(triggers: readonly GrammarTrigger[]) {
    const texts = (where: GrammarTrigger['where']): string[] =>
      triggers.filter((trigger) => trigger.where === where).map(({ text }) => toBytes(text));
    this.#anywhere = texts('anywhere');
    this.#atStart = texts('start');
    this.#kept = Math.max(0, ...this.#anywhere.map((text) => text.length - 1));
  }

  /** With `piece` behind the text so far: everything from the first trigger on; undefined where there is none. */
  found(piece: string): string | undefined {
    if (this.#beginning !== undefined) {
      const text = this.#beginning + piece;
      const lead = leadOf(text);
      if (this.#atStart.some((trigger) => text.startsWith(trigger, lead))) return text.slice(lead);
    }
    const text = this.#tail + piece;
    const places = this.#anywhere.map((trigger) => text.indexOf(trigger)).filter((at) => at >= 0);
    return places.length === 0 ? undefined : text.slice(Math.min(...places));
  }

  /** Takes in text that holds no trigger. */
  push(piece: string): void {
    if (this.#kept > 0) this.#tail = (this.#tail + piece).slice(-this.#kept);
    if (this.#beginning === undefined) return;
    const text = this.#beginning + piece;
    const rest = text.slice(leadOf(text));
    const mayBegin = text.length <= mostLead && this.#atStart.some((trigger) => trigger.startsWith(rest));
    this.#beginning = mayBegin ? text : undefined;
  }

  /** Begins anew behind what a trigger began. */
  restart(): void {
    this.#tail = '';
    this.#beginning = '';
  }
}

/** White space, and the semicolons that some models put between two calls. */
function leadOf(text: string): number {
  return /^[\s;]*/.exec(text)?.[0].length ?? 0;
}

function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
