/** A configuration file of a checkpoint, by what is asked of it: a name that is absent and one that is null are the same there. */
import { quoted } from '../gguf/bad-gguf.ts';
import { badCheckpoint } from './bad-checkpoint.ts';
import { asObject, type JsonObject } from '../untrusted-json.ts';

export class Config {
  readonly #values: JsonObject;
  readonly #file: string;

  constructor(values: JsonObject, file: string) {
    this.#values = values;
    this.#file = file;
  }

  /** The first of `names` that is there. Throws `bad_checkpoint` for anything but a whole number from 0 to 2^32 - 1. */
  count(...names: readonly string[]): number | undefined {
    const found = this.#first(names);
    if (found === undefined) return undefined;
    if (Number.isInteger(found.value) && Number(found.value) >= 0 && Number(found.value) < 2 ** 32) {
      return Number(found.value);
    }
    throw badCheckpoint(`${this.#file}: ${quoted(found.name)} is no count`);
  }

  /** Throws `bad_checkpoint` where it is absent. */
  needed(...names: readonly string[]): number {
    const value = this.count(...names);
    if (value === undefined) throw badCheckpoint(`${this.#file} has no ${quoted(names[0] ?? '')}`);
    return value;
  }

  /** Throws `bad_checkpoint` for anything but a number that single precision can hold. */
  number(...names: readonly string[]): number | undefined {
    const found = this.#first(names);
    if (found === undefined) return undefined;
    if (typeof found.value === 'number' && Number.isFinite(Math.fround(found.value))) return found.value;
    throw badCheckpoint(`${this.#file}: ${quoted(found.name)} is no number`);
  }

  isFalse(name: string): boolean {
    return this.#values[name] === false;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** An absent list and one of something else are []. */
  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  numbers(name: string): readonly number[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'number') : [];
  }

  /** What is nested under `name`; empty where nothing is. */
  within(name: string): Config {
    return new Config(asObject(this.#values[name]) ?? {}, this.#file);
  }

  #first(names: readonly string[]): { readonly name: string; readonly value: unknown } | undefined {
    for (const name of names) {
      const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
      if (value !== undefined && value !== null) return { name, value };
    }
    return undefined;
  }
}
