/**
 * The product as a few files: of its start, half went into finding and reading some nine hundred modules one by one. Dependencies of JavaScript go in, in
 * the versions that the lockfile names; those with native libraries stay outside, since they are found by their place. What tsc writes to dist/ is for tests that want a module by itself.
 */
import { defineConfig } from 'rolldown';

/** What Fastify would load for schemas and logs of its own, which the server doesn't have (http/create-http-server.ts): a quarter of all code. */
const leftOut = new Set(['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler', './logger-pino.js']);

const leaveOut = {
  name: 'leave-out',
  resolveId: (id) => (leftOut.has(id) ? `\0left-out:${id}` : undefined),
  load: (id) =>
    id.startsWith('\0left-out:')
      ? `export default () => { throw new Error(${JSON.stringify(`${id.slice(1)}: see rolldown.config.mjs`)}); };`
      : undefined,
};

/**
 * A single character beyond Latin-1, in a comment as well, makes V8 keep all of a file with two bytes per character: with this and what is left out
 * the idle server takes 4 MB less. The code is the same, but for what `String.raw` would see.
 */
const asciiOnly = {
  name: 'ascii-only',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === 'chunk') chunk.code = chunk.code.replaceAll(/[^\0-\x7f]/g, escaped);
    }
  },
};

/** The package is of ES modules; compiled code can be kept for CommonJS only, which has no `import()` then (src/program/load-chunk.ts). */
const commonJs = {
  name: 'common-js',
  generateBundle(_options, bundle) {
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === 'chunk')
        chunk.code = chunk.code.replaceAll(/\bimport\(("node:[^"]+")\)/g, 'Promise.resolve().then(() => require($1))');
    }
  },
};

function escaped(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export default defineConfig({
  plugins: [leaveOut, asciiOnly, commonJs],
  input: {
    main: 'src/main.ts',
    'load-chunk': 'src/program/load-chunk.ts',
    'write-code-cache': 'src/program/write-code-cache.ts',
    'runner/runner-main': 'src/runner/runner-main.ts',
    'runner/quantise-main': 'src/runner/quantise-main.ts',
    'store/hash-thread-main': 'src/store/hash-thread-main.ts',
  },
  platform: 'node',
  external: [/^node:/, /^koffi/, /^@node-llama-cpp\//],
  // Programs are found relative to the chunk that starts them: runner/ and store/ beside chunks/, as in src.
  output: {
    dir: 'program',
    cleanDir: true,
    format: 'cjs',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  },
});
