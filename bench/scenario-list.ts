/** Every scenario, in the order in which they run. */
import type { Scenario } from './scenario.ts';
import { coldStart } from './scenarios/cold-start.ts';
import { create } from './scenarios/create.ts';
import { crowd } from './scenarios/crowd.ts';
import { embed } from './scenarios/embed.ts';
import { embeddingWeights } from './scenarios/embedding-weights.ts';
import { engine } from './scenarios/engine.ts';
import { identical } from './scenarios/identical.ts';
import { memory } from './scenarios/memory.ts';
import { neighbour } from './scenarios/neighbour.ts';
import { pull } from './scenarios/pull.ts';
import { repeat } from './scenarios/repeat.ts';
import { restart } from './scenarios/restart.ts';
import { serving } from './scenarios/serving.ts';
import { structure } from './scenarios/structure.ts';
import { weights } from './scenarios/weights.ts';

export const scenarios: readonly Scenario[] = [
  coldStart,
  serving,
  engine,
  restart,
  repeat,
  embed,
  embeddingWeights,
  crowd,
  neighbour,
  identical,
  weights,
  structure,
  create,
  pull,
  memory,
];
