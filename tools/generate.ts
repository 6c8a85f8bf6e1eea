// Makes everything that is generated: the contracts from proto/, each service's Prisma client, and the types with which
// the console speaks REST, from docs/openapi.json. `node tools/generate.ts contracts`, `prisma` or `console` makes only that part.
import { existsSync, globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { generateApi } from './generate-api.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const bin = (folder: string, name: string) => join(root, folder, 'node_modules/.bin', name)
// buf and Prisma start Node through PATH: let them find the one of this workspace.
const env = { PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` }

const parts = { contracts: generateContracts, prisma: generatePrisma, console: generateConsole }
const wanted = process.argv[2]
for (const [name, generate] of Object.entries(parts)) {
  if (!wanted || wanted === name) await generate()
}

async function generateContracts() {
  const buf = bin('packages/contracts', 'buf')
  await execa(buf, ['generate'], { cwd: join(root, 'proto'), env, stdio: 'inherit' })
  const image = await execa(buf, ['build', '-o', '-#format=binpb'], {
    cwd: join(root, 'proto'),
    env,
    encoding: 'buffer',
  })
  await generateApi(image.stdout, join(root, 'packages/contracts/src/gen'))
}

async function generateConsole() {
  const argv = ['docs/openapi.json', '-o', 'packages/console/src/gen/api.ts']
  await execa(bin('packages/console', 'openapi-typescript'), argv, {
    cwd: root,
    env: { ...env, REDOCLY_TELEMETRY: 'off' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function generatePrisma() {
  const schemas = globSync('services/*/prisma/schema.prisma', { cwd: root })
  for (const schema of schemas) {
    const cwd = join(root, dirname(dirname(schema)))
    if (!existsSync(join(cwd, 'prisma.config.ts'))) throw new Error(`${cwd} has no prisma.config.ts`)
    await execa(bin('packages/database', 'prisma'), ['generate', '--no-hints'], {
      cwd,
      env: {
        ...env,
        PRISMA_SCHEMA_ENGINE_BINARY: join(root, 'packages/database/bin/schema-engine.mjs'),
        CHECKPOINT_DISABLE: '1',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
}
