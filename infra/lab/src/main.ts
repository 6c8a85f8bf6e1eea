import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { commands, explain } from './commands.ts'

const usage = `Lab hosts for Slipway, made of systemd-nspawn. Run as root.
  up      --name N --dir D [--network 10.78.0.0/24] --host NAME[,address=A][,os=debian-13][,user=U][,sudo=password] …
  down    --name N --dir D [--keep-trees] [--force]
  list    --dir D
  reboot  --dir D --host NAME
  break   HOST FAULT[,SETTING=VALUE] … --dir D      heal    HOST FAULT … --dir D
  faults  --dir D                                  every fault, and which hosts have one
  egress  --dir D [--mode open|closed] [--allow ADDRESS:PORT[/udp]] …     without --mode: what was dropped
  check   --name N --dir D [--network …] [--host …]
Each takes --json.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string' },
    dir: { type: 'string' },
    network: { type: 'string' },
    host: { type: 'string', multiple: true, default: [] },
    mode: { type: 'string' },
    allow: { type: 'string', multiple: true, default: [] },
    'keep-trees': { type: 'boolean', default: false },
    force: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

const [verb = '', ...words] = positionals
const command = commands[verb]
if (!command || !values.dir) {
  process.stderr.write(`${usage}\n`)
  process.exit(2)
}

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())

try {
  const answer = await command({
    name: values.name ?? '',
    dir: resolve(values.dir),
    network: values.network,
    hosts: values.host,
    words,
    mode: values.mode,
    allow: values.allow,
    keepTrees: values['keep-trees'],
    force: values.force,
    report: (line) => process.stderr.write(`${line}\n`),
    signal: stop.signal,
  })
  process.stdout.write(values.json ? `${JSON.stringify(answer.facts)}\n` : `${answer.text}\n`)
} catch (error) {
  process.stderr.write(
    `${stop.signal.aborted ? 'Stopped. The same command goes on from here.' : explain(error)}\n`,
  )
  process.exitCode = stop.signal.aborted ? 130 : 1
}
