import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    maxWorkers: 2,
    include: ['{packages,services,tools}/**/*.test.ts', 'infra/lab/**/*.test.ts'],
    // They end what hangs; a busy machine may take its time.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
  },
})
