/**
 * Runs the files of the bundled program with the code V8 made of them when the program was built (decisions/0013): a third of a start went into
 * compiling source that is the same every time. Node's own cache of compiled code needs Node 22 and a folder that the program writes at run time;
 * this one lies beside the source, belongs to whoever owns the source, and is only read.
 *
 * Only chunks have one: their names change with their content. V8 itself takes compiled code for any source of the same length.
 */
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';

interface LoadedChunk {
  readonly module: { exports: unknown };
  readonly script: vm.Script;
}

type Evaluate = (
  exports: unknown,
  require: (id: string) => unknown,
  module: { exports: unknown },
  file: string,
  dir: string,
) => void;

const loaded = new Map<string, LoadedChunk>();

/** Where the compiled code of a chunk lies. */
export function codeCacheFile(file: string): string {
  return `${file}.cache`;
}

/**
 * What the CommonJS file exports, after running it and whatever it needs, each once in this process. `file` is absolute and ASCII throughout.
 * Compiled code of another version of V8 is not used. `import()` does not work in such files, the build writes `require` instead.
 */
export function loadChunk(file: string): unknown {
  return load(file).module.exports;
}

/** The compiled code of a file, with all functions that have run so far. Runs the file if it hasn't run. */
export function compiledCode(file: string): Buffer {
  return load(file).script.createCachedData();
}

function load(file: string): LoadedChunk {
  const known = loaded.get(file);
  if (known !== undefined) return known;
  const cachedData = readCodeCache(file);
  const script = new vm.Script(Module.wrap(readFileSync(file, 'latin1')), {
    filename: file,
    ...(cachedData !== undefined && { cachedData }),
  });
  const module = { exports: {} as unknown };
  const chunk: LoadedChunk = { module, script };
  // Before it runs, as Node does it: chunks may need one another.
  loaded.set(file, chunk);
  const dir = path.dirname(file);
  const requireOther = createRequire(file);
  const requireAny = (id: string): unknown =>
    id.startsWith('.') ? loadChunk(path.resolve(dir, id)) : (requireOther(id) as unknown);
  const evaluate = script.runInThisContext() as Evaluate;
  evaluate(module.exports, requireAny, module, file, dir);
  return chunk;
}

function readCodeCache(file: string): Buffer | undefined {
  try {
    return readFileSync(codeCacheFile(file));
  } catch {
    return undefined;
  }
}
