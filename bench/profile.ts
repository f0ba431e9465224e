/**
 * `npm run profile`: where the time of Corral's server and of its runner goes while 1 and 8 streams are answered. A readable summary goes to
 * docs/profiles/, the profiles themselves (for a browser's developer tools) to bench-results/profiles/. Changes nothing in the product.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchServer } from './contestants/bench-server.ts';
import { findCorral } from './contestants/corral.ts';
import { starterChatModel } from './contestants/models.ts';
import { startOllamaLike } from './contestants/ollama-like-program.ts';
import { projectRoot } from './contestants/project-root.ts';
import { generateTogether } from './measuring/generate-together.ts';
import { uniquePrompt } from './measuring/prompt-text.ts';
import { warmUp } from './measuring/warm-up.ts';
import { Scope } from './processes/scope.ts';
import { temporaryFolder } from './processes/temporary-folder.ts';
import { selfTimes, type CpuProfile } from './profiling/cpu-profile.ts';
import { allocatedBytes, type HeapProfileNode } from './profiling/heap-profile.ts';
import { profileSummary, type StreamsSummary } from './profiling/profile-summary.ts';
import { recordWhile, type Profiles } from './profiling/record-while.ts';
import { folderVariable, profiledRoles, type Recording } from './profiling/recording.ts';
import { machineFacts } from './report/machine-facts.ts';

const streamCounts = [1, 8];
const maxTokens = 256;
const recorder = path.join(import.meta.dirname, 'profiling/profile-recorder.js');
const profilesFolder = path.join(projectRoot, 'bench-results/profiles');
const summaryFile = path.join(projectRoot, 'docs/profiles/README.md');

const usage = `npm run profile: measures where time goes, and replaces ${path.relative(projectRoot, summaryFile)}. It takes no arguments.`;
const [asked] = process.argv.slice(2);
if (asked !== undefined) {
  console.error(usage);
  process.exit(asked === '--help' ? 0 : 2);
}

const scope = new Scope();
const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort());
try {
  await profile(interrupt.signal);
} finally {
  await scope.close();
}

async function profile(signal: AbortSignal): Promise<void> {
  const folder = await temporaryFolder(scope, 'profile');
  const server = await startProfiled(folder, signal);
  await warmUp(server, signal);
  const summaries: string[] = [];
  for (const streams of streamCounts) {
    console.error(`... ${streams} streams`);
    summaries.push(profileSummary(await profileStreams(server, folder, streams, signal)));
  }
  const page = summaryPage(summaries);
  await mkdir(path.dirname(summaryFile), { recursive: true });
  await writeFile(summaryFile, page);
  console.log(page);
  console.log(`written to ${path.relative(process.cwd(), summaryFile)}`);
}

async function startProfiled(folder: string, signal: AbortSignal): Promise<BenchServer> {
  const setup = { chatModel: starterChatModel, contextTokens: 4096, peersFolder: '' };
  const corral = await findCorral(setup, scope, signal);
  // Module by module, as tsc writes them, so that a function's file says where it belongs; the program itself is bundled.
  const main = pathToFileURL(path.join(projectRoot, 'dist/main.js')).href;
  const start = `import { main } from ${JSON.stringify(main)}; process.exitCode = await main(process.argv.slice(1));`;
  const recording = ['--import', pathToFileURL(recorder).href];
  const command = [process.execPath, ...recording, '--input-type=module', '--eval', start, '--'];
  return await startOllamaLike({ ...corral, command }, scope, signal, { environment: { [folderVariable]: folder } });
}

async function profileStreams(
  server: BenchServer,
  folder: string,
  streams: number,
  signal: AbortSignal,
): Promise<StreamsSummary> {
  const work = () => {
    const prompts = Array.from({ length: streams }, () => uniquePrompt(60));
    return generateTogether(server, prompts, maxTokens, signal);
  };
  // One after the other: sampling allocations costs time.
  const cpu = await keep({ name: `${streams}-streams-cpu`, kind: 'cpu' });
  const heap = await keep({ name: `${streams}-streams-heap`, kind: 'heap' });
  return {
    streams,
    tokens: cpu.tokens,
    tokensPerSecond: cpu.tokensPerSecond,
    processes: profiledRoles.map((role) => ({
      role,
      times: selfTimes(cpu.profiles[role] as CpuProfile, shortAddress),
      bytesPerToken: allocatedBytes(heap.profiles[role] as { readonly head: HeapProfileNode }) / heap.tokens,
    })),
  };

  async function keep(
    recording: Recording,
  ): Promise<{ readonly profiles: Profiles; readonly tokens: number; readonly tokensPerSecond: number }> {
    const { profiles, result } = await recordWhile(folder, recording, work, signal);
    await mkdir(profilesFolder, { recursive: true });
    for (const role of profiledRoles) {
      const kept = `${recording.name}.${role}.${recording.kind === 'cpu' ? 'cpuprofile' : 'heapprofile'}`;
      await copyFile(path.join(folder, `${recording.name}.${role}.json`), path.join(profilesFolder, kept));
    }
    const tokens = result.generations.reduce((sum, generation) => sum + generation.tokens, 0);
    return { profiles, tokens, tokensPerSecond: result.tokensPerSecond };
  }
}

/** `dist/runner/serving-loop.js`, `koffi/index.js`, `node:events`. */
function shortAddress(url: string): string {
  const root = pathToFileURL(projectRoot).href;
  return url.replace(`${root}/`, '').replace(/^node_modules\//, '');
}

function summaryPage(summaries: readonly string[]): string {
  const { cpu, logicalCores, platform, node } = machineFacts();
  return `${[
    '# Profile',
    `Written by \`npm run profile\` on ${new Date().toISOString().slice(0, 10)}: ${starterChatModel.name}, ${maxTokens} tokens for each stream, prefill of about 75 tokens included.\nMachine: ${cpu}, ${logicalCores} logical cores, ${platform}, Node ${node}.`,
    'Self time of the main thread, sampled. The runner’s main thread computes beside the engine’s other threads, which are not in here. `(program)` is native code without a name. Bytes: JavaScript objects, garbage included, sampled in a second run.',
    ...summaries.map((summary) => `\`\`\`text\n${summary}\n\`\`\``),
  ].join('\n\n')}\n`;
}
