/** Servers beside a program that keeps one core busy all the time, as on a PC that somebody works at. */
import { spawn } from 'node:child_process';
import { startServers } from '../contestants/start-servers.ts';
import {
  asContestants,
  decodeOneStream,
  firstTextOf,
  firstTextOfShortPrompt,
  streamsTogether,
  trialsOf,
  type ServerTrial,
} from '../measuring/server-trials.ts';
import { endChild } from '../processes/end-process.ts';
import type { Scope } from '../processes/scope.ts';
import type { Scenario } from '../scenario.ts';

const trials: readonly ServerTrial[] = [
  decodeOneStream,
  firstTextOfShortPrompt,
  firstTextOf('new prompt of ~600 tokens', 520),
  streamsTogether(4),
];

export const neighbour: Scenario = {
  name: 'neighbour',
  summary: '1 and 4 streams and first texts beside a program that keeps one core busy',
  async open(context) {
    const { chatModel } = context.contestants.setup;
    const servers = await startServers(context);
    keepCoreBusy(context.scope);
    return {
      trials: trialsOf(trials, asContestants(servers)),
      notes: [
        `${chatModel.name}, raw prompts, temperature 0; one process computes all the time, with the same priority`,
        'every server may use as many threads as there are cores, as after its installation',
      ],
    };
  },
};

function keepCoreBusy(scope: Scope): void {
  const child = spawn(process.execPath, ['--eval', 'for (;;);'], { stdio: 'ignore' });
  scope.defer(() => endChild(child));
}
