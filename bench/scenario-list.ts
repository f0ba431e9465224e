/** Every scenario, in the order in which they run. */
import type { Scenario } from './scenario.ts';
import { coldStart } from './scenarios/cold-start.ts';
import { create } from './scenarios/create.ts';
import { embed } from './scenarios/embed.ts';
import { http } from './scenarios/http.ts';
import { memory } from './scenarios/memory.ts';
import { pull } from './scenarios/pull.ts';
import { structure } from './scenarios/structure.ts';

export const scenarios: readonly Scenario[] = [coldStart, http, embed, structure, create, pull, memory];
