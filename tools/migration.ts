// `node tools/migration.ts <service> <name>` writes the migration that brings a service's database to its schema.prisma.
// `node tools/migration.ts --check` says which services lack one. Both apply the present migrations to a real PostgreSQL first.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate, provision } from '@slipway/database'
import { ownerOf, startPostgres } from '@slipway/embedded'
import { execa } from 'execa'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const [service = '--check', name] = process.argv.slice(2)
const services = service === '--check' ? await readdir(join(root, 'services')) : [service]

const dir = await mkdtemp(join(tmpdir(), 'slipway-migration-'))
await execa('chmod', ['755', dir])
const postgres = await startPostgres({
  dir: join(dir, 'postgres'),
  password: 'only-for-this-run',
  owner: await ownerOf('slipway'),
  durable: false,
})
try {
  for (const one of services) await bringUp(one)
} finally {
  await postgres.stop()
  await rm(dir, { recursive: true, force: true })
}

async function bringUp(one: string) {
  const schema = one.replaceAll('-', '_')
  const folder = join(root, 'services', one, 'prisma/migrations')
  await mkdir(folder, { recursive: true })
  await provision(postgres.url, [{ name: schema, password: 'only-for-this-run' }])
  await migrate({ url: postgres.url, schema, folder })
  const sql = await difference(one, schema)
  if (!/^(?!--)\S/m.test(sql)) return process.stdout.write(`${one}: migrations match the schema\n`)
  if (service === '--check') {
    process.stderr.write(
      `${one}: schema.prisma has changes without a migration: node tools/migration.ts ${one} <name>\n`,
    )
    process.exitCode = 1
    return
  }
  // Not their count: one may have come from another branch before those between.
  const newest = Math.max(0, ...(await readdir(folder)).map((known) => Number.parseInt(known, 10) || 0))
  const target = join(folder, `${String(newest + 1).padStart(4, '0')}_${name ?? 'init'}`)
  await mkdir(target)
  await writeFile(join(target, 'migration.sql'), sql)
  process.stdout.write(`${join(target, 'migration.sql')}\n`)
}

async function difference(one: string, schema: string): Promise<string> {
  const url = new URL(postgres.url)
  url.searchParams.set('schema', schema)
  const { stdout } = await execa(
    join(root, 'packages/database/node_modules/.bin/prisma'),
    ['migrate', 'diff', '--from-config-datasource', '--to-schema', 'prisma', '--script'],
    {
      cwd: join(root, 'services', one),
      env: {
        PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
        SLIPWAY_DATABASE_URL: url.toString(),
        PRISMA_SCHEMA_ENGINE_BINARY: join(root, 'packages/database/bin/schema-engine.mjs'),
        CHECKPOINT_DISABLE: '1',
      },
    },
  )
  return `${stdout}\n`
}
