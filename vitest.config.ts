import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // Many tests wait for processes and clocks of their own, also on a machine with a single core to spare.
    maxWorkers: 2,
  },
});
