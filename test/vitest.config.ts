import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Stories share a lab and a cluster, so they run one after the other. */
export default defineConfig({
  root: join(import.meta.dirname, '..'),
  test: {
    globalSetup: ['test/src/world.ts'],
    include: ['test/src/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 1_200_000,
  },
})
