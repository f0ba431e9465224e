/** The composition root: hands the command line its settings and the two ways to a server. `bin/corral.js` calls `main`. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createProcessHost } from './cli/process-host.ts';
import { runCommandLine } from './cli/run-command-line.ts';
import { readSettings, type SettingsReading } from './config/read-settings.ts';

const packageRoot = new URL('../', import.meta.url);

/** Runs the command line; the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const { version } = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8')) as { version: string };
  let reading: SettingsReading | undefined;
  const read = () => (reading ??= readSettings(process.env, homedir()));
  const host = createProcessHost({
    version,
    binFile: fileURLToPath(new URL('bin/corral.js', packageRoot)),
    loadSettings: () => read().settings,
    async serve({ printSettings, exitWhenIdle }) {
      if (printSettings) {
        const { renderSettingsReport } = await import('./config/settings-report.ts');
        process.stdout.write(renderSettingsReport(read().report));
        return 0;
      }
      const { serve } = await import('./server.ts');
      const starterDir = fileURLToPath(new URL('starter', packageRoot));
      return await serve({ ...read(), version, starterDir, exitWhenIdle });
    },
  });
  return await runCommandLine(argv, host);
}
