import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    maxWorkers: 2,
    include: ['{packages,services,tools}/**/*.test.ts', 'infra/lab/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
