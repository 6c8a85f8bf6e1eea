import { existsSync } from 'node:fs'
import { labList } from '@slipway/lab'
import { stringify } from 'yaml'
import { type Place, readRecord } from './place.ts'
import { findRunning } from './platform.ts'

/** Prints what runs: addresses, files, hosts and processes. */
export async function printStatus(place: Place, json: boolean): Promise<void> {
  const status = await readStatus(place)
  if (json) process.stdout.write(`${JSON.stringify(status, null, 2)}\n`)
  else if (!status.rest && status.hosts.length === 0)
    process.stdout.write('Nothing runs. `npm run demo` starts it.\n')
  else process.stdout.write(stringify(status))
}

async function readStatus(place: Place) {
  const [running, known, lab] = await Promise.all([
    findRunning(place),
    readRecord(place),
    labList({ dir: place.lab }),
  ])
  const hosts = lab?.hosts ?? []
  return {
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
    processes: [
      ...(running?.processes ?? []),
      ...hosts.flatMap(({ name, pid }) => (pid ? [{ name: `host ${name}`, pid }] : [])),
    ],
  }
}
