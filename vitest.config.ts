import { defineConfig } from 'vitest/config';

// .ci/run counts from a JSON report; a person reads the default one.
const results = process.env['CORRAL_TEST_RESULTS'];

export default defineConfig({
  test: {
    setupFiles: ['test/support/property-seed.ts'],
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
    // Runners compute with every core: tests beside each other would measure one another's waiting.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
  },
});
