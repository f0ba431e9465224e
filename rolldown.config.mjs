/**
 * The product as a few files: of its start, a third went into finding and reading some seven hundred modules one by one. Dependencies stay outside, as
 * npm installs them. What tsc writes to dist/ is for tests that want a module by itself.
 */
import { defineConfig } from 'rolldown';

export default defineConfig({
  input: {
    main: 'src/main.ts',
    'runner/runner-main': 'src/runner/runner-main.ts',
    'runner/quantise-main': 'src/runner/quantise-main.ts',
  },
  platform: 'node',
  external: /^[^./]/,
  // Programs are found relative to the chunk that starts them: runner/ beside chunks/, as in src.
  output: {
    dir: 'program',
    cleanDir: true,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  },
});
