/** `create`, `show --modelfile` and `create` again: the program itself, its server and real weights. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CorralServer, startCorral } from '../support/corral-server.ts';

const program = fileURLToPath(new URL('../../bin/corral.js', import.meta.url));

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('a Modelfile', () => {
  let server: CorralServer;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'corral-round-trip-'));
    server = await startCorral();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  async function corral(...argv: readonly string[]): Promise<Outcome> {
    const env = { PATH: process.env['PATH'], HOME: folder, OLLAMA_HOST: `127.0.0.1:${server.port}` };
    return await new Promise((resolve) => {
      execFile(process.execPath, [program, ...argv], { cwd: folder, env }, (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  }
  const modelfileOf = async (model: string) => (await corral('show', model, '--modelfile')).stdout;
  const commandsOf = (modelfile: string) => modelfile.split('\n').slice(4).join('\n');

  test('that a model shows makes the same model again', async () => {
    const written =
      'FROM smollm2:135m\nSYSTEM """ Be "brief".\n"""\nTEMPLATE """"{{ .Prompt }}" is asked.\n"""\nPARAMETER num_ctx 2000000\n' +
      'PARAMETER temperature 0.1\nPARAMETER stop "a b "\nPARAMETER stop """"q"\n"""\nLICENSE "MIT\r\n\f"\nMESSAGE user 안녕\n' +
      'MESSAGE assistant """네,\n"안녕"."""\nREQUIRES 0.1.0\n';
    writeFileSync(path.join(folder, 'Modelfile'), written);
    expect(await corral('create', 'one')).toMatchObject({ exitCode: 0, stdout: '' });
    const shown = await modelfileOf('one');
    expect(shown).toContain('\nPARAMETER num_ctx 2000000\n');
    writeFileSync(path.join(folder, 'again.txt'), shown);
    expect(await corral('create', 'two', '-f', 'again.txt')).toMatchObject({ exitCode: 0 });
    expect(commandsOf(await modelfileOf('two'))).toBe(commandsOf(shown));
    for (const part of ['system', 'template', 'parameters', 'license'])
      expect((await corral('show', 'two', `--${part}`)).stdout).toBe((await corral('show', 'one', `--${part}`)).stdout);
  });

  test('in UTF-16 means the same', async () => {
    writeFileSync(path.join(folder, 'wide.txt'), Buffer.from('\ufeffFROM smollm2:135m\r\nSYSTEM 짧게\r\n', 'utf16le'));
    expect(await corral('create', 'wide', '-f', 'wide.txt')).toMatchObject({ exitCode: 0 });
    expect((await corral('show', 'wide', '--system')).stdout).toBe('짧게\n');
  });

  test('in Latin-1 is refused with its line, and no model is made', async () => {
    writeFileSync(path.join(folder, 'old.txt'), Buffer.from('FROM smollm2:135m\nSYSTEM schön\n', 'latin1'));
    const { exitCode, stderr } = await corral('create', 'old', '-f', 'old.txt');
    expect([exitCode, stderr]).toEqual([
      1,
      'Error: (line 2): the text is neither UTF-8 nor UTF-16\nIt looks like Latin-1 or another old encoding; save the file as UTF-8.\n',
    ]);
    expect((await corral('list', 'old')).stdout).not.toContain('old');
  });

  test('cp and rm end what create began', async () => {
    expect((await corral('cp', 'smollm2:135m', 'copy')).stdout).toBe("copied 'smollm2:135m' to 'copy'\n");
    expect((await corral('rm', 'copy')).stdout).toBe("deleted 'copy'\n");
    expect(await corral('rm', 'copy')).toMatchObject({ exitCode: 1, stdout: '' });
  });
});
