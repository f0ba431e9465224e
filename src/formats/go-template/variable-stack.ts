import type { Found } from './field-lookup.ts';

/** The variables of one template call, innermost last; a later one hides an earlier one of the same name. */
export class VariableStack {
  readonly #entries: { readonly name: string; value: Found }[];

  constructor(dot: Found) {
    this.#entries = [{ name: '$', value: dot }];
  }

  mark(): number {
    return this.#entries.length;
  }

  dropTo(mark: number): void {
    this.#entries.length = mark;
  }

  push(name: string, value: Found): void {
    this.#entries.push({ name, value });
  }

  has(name: string): boolean {
    return this.#entries.some((entry) => entry.name === name);
  }

  get(name: string): Found | undefined {
    return this.#entries.findLast((entry) => entry.name === name)?.value;
  }

  set(name: string, value: Found): void {
    const entry = this.#entries.findLast((candidate) => candidate.name === name);
    if (entry !== undefined) entry.value = value;
  }

  /** The value of the entry `depth` below the top, 1 for the top itself. */
  setFromTop(depth: number, value: Found): void {
    const entry = this.#entries.at(-depth);
    if (entry !== undefined) entry.value = value;
  }
}
