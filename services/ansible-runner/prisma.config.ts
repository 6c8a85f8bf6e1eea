import { defineConfig } from 'prisma/config'

// Only for development: `tools/migration.ts` and `tools/generate.ts` read it.
export default defineConfig({
  schema: 'prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.SLIPWAY_DATABASE_URL ?? 'postgresql://127.0.0.1/none' },
})
