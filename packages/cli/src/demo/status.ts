import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { troublesOf } from '../api/client.ts'
import type { Ground } from './ground/ground.ts'
import { type Place, readRecord } from './place.ts'
import { findRunning } from './platform.ts'

/** Prints what runs: addresses, files, hosts and processes. */
export async function printStatus(place: Place, ground: Ground, json: boolean): Promise<void> {
  const status = await readStatus(place, ground)
  if (json) process.stdout.write(`${JSON.stringify(status, null, 2)}\n`)
  else if (!status.rest && status.hosts.length === 0)
    process.stdout.write(`Nothing runs. \`npm run demo${ground.flag && ` --${ground.flag}`}\` starts it.\n`)
  else process.stdout.write(stringify(status))
}

async function readStatus(place: Place, ground: Ground) {
  const [running, known, { hosts, processes }] = await Promise.all([
    findRunning(place),
    readRecord(place),
    ground.list(),
  ])
  const troubles = running
    ? await troublesOf({ url: running.rest, ca: await readFile(running.caFile, 'utf8') })
    : []
  return {
    ...(troubles.length > 0 ? { troubles: troubles.map(({ message, hint }) => `${message} ${hint}`) } : {}),
    console: running?.console,
    rest: running?.rest,
    openapi: running?.openapi,
    grpc: running?.grpc,
    nats: running?.nats,
    repo: running?.repo,
    caFile: running?.caFile,
    adminTokenFile: existsSync(place.token) ? place.token : undefined,
    project: known.project,
    cluster: known.cluster,
    kubeconfig: existsSync(place.kubeconfig) ? place.kubeconfig : undefined,
    hosts: hosts.map(({ name, address, user, sshKeyFile }) => ({ name, address, user, sshKeyFile })),
    dataDir: place.dir,
    processes: [...(running?.processes ?? []), ...processes],
  }
}
