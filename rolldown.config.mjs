/**
 * The product as a few files: of its start, half went into finding and reading some nine hundred modules one by one. Dependencies of JavaScript go in, in
 * the versions that the lockfile names; those with native libraries stay outside, since they are found by their place. What tsc writes to dist/ is for tests that want a module by itself.
 */
import { defineConfig } from 'rolldown';

export default defineConfig({
  input: {
    main: 'src/main.ts',
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
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  },
});
