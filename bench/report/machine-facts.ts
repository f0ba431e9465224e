import os from 'node:os';

export interface MachineFacts {
  readonly cpu: string;
  readonly logicalCores: number;
  readonly memoryBytes: number;
  readonly platform: string;
  readonly node: string;
}

/** What a later reader needs to judge a figure by. */
export function machineFacts(): MachineFacts {
  return {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    logicalCores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    platform: `${os.platform()} ${os.arch()}`,
    node: process.version,
  };
}
