/**
 * The shape of a benchmark. A scenario starts what it needs and hands back trials; a trial is one thing that every entry does in
 * turn, and yields one figure per measure. Whoever adds a scenario writes one file under scenarios/ and one line in scenario-list.ts.
 */
import type { Contestants } from './contestants/contestants.ts';
import type { Scope } from './processes/scope.ts';

export interface Measure {
  /** What is measured, in the table's words. Unique within its scenario. */
  readonly name: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
}

/**
 * - `corral`: what the ratios judge
 * - `peer`: counts for the best peer
 * - `reference`: shown with its ratio, but not like for like, so it never is the best peer
 */
export type EntryRole = 'corral' | 'peer' | 'reference';

export interface Entry {
  readonly label: string;
  readonly role: EntryRole;
  /** Once before the first run, untimed: loads a model, fills a store. What it throws counts as this entry's failure only. */
  prepare?(signal: AbortSignal): Promise<void>;
  /** Does it once. The figures are in the order of the trial's measures; undefined = this entry has no such figure. */
  run(signal: AbortSignal): Promise<readonly (number | undefined)[]>;
}

export interface Trial {
  readonly measures: readonly Measure[];
  readonly entries: readonly Entry[];
  /** What the runs showed beyond figures; asked for when they are over, and printed with the notes. */
  remarks?(): readonly string[];
}

interface OpenScenario {
  readonly trials: readonly Trial[];
  /** What a reader must know to understand the figures: settings, states, units. */
  readonly notes: readonly string[];
}

export interface ScenarioContext {
  readonly contestants: Contestants;
  /** Closed when the scenario is over, with everything it started. */
  readonly scope: Scope;
  readonly signal: AbortSignal;
  /** How many schemas `structure` sends; undefined = all. */
  readonly mostSchemas: number | undefined;
}

export interface Scenario {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  open(context: ScenarioContext): Promise<OpenScenario>;
}
