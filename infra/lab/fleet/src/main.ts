// A fleet in a process of its own; it says so in <folder>/fleet.json when it can be used, and ends by SIGTERM.
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFleetConfig } from './config.ts'
import { openFleet } from './fleet.ts'

const config = readFleetConfig(process.env)
const fleet = await openFleet(config)
const said = join(config.dir, 'fleet.json')
await writeFile(`${said}.new`, JSON.stringify({ pid: process.pid, venv: fleet.venv }))
await rename(`${said}.new`, said)
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void fleet.close().finally(() => process.exit()))
}
