import { generateKeyPairSync } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Connection, callApi } from '@slipway/cli/api'

/** A simulated host, registered and ready. */
export type Host = { id: string; name: string }

const HOSTS = 'slipway.host.v1.HostService'
/** Beside the fleets of demos and tests, which are below. */
const NETWORK = 128 + (process.pid % 64)
const READY_MS = 120_000

/** Registers hosts from `first` on by one import and one login, and answers them when their facts are known. */
export async function addHosts(
  to: Connection,
  project: string,
  { first = 0, count }: { first?: number; count: number },
): Promise<Host[]> {
  const credential = `login-${first}`
  await callApi(to, 'slipway.credential.v1.CredentialService/CreateCredential', {
    ...{ project, name: credential, user: 'ops', kind: 'private-key', privateKey: newKey() },
  })
  const rows = Array.from({ length: count }, (_, at) => {
    const number = first + at
    const address = `127.${NETWORK + (number >> 14)}.${(number >> 7) & 127}.${1 + (number & 127)}`
    return `${nameOf(number)},${address},${credential}`
  })
  const csv = `name,address,credential\n${rows.join('\n')}\n`
  const { problems = [] } = await callApi(to, `${HOSTS}/ImportHosts`, { project, csv })
  if (problems.length > 0) throw new Error(`the import was refused: ${JSON.stringify(problems[0])}`)
  const names = new Set(rows.map((row) => row.slice(0, row.indexOf(','))))
  for (const until = Date.now() + READY_MS; Date.now() < until; await pause(200)) {
    const hosts = (await listHosts(to, project)).filter(({ name }) => names.has(name))
    if (hosts.length === count && hosts.every(({ state }) => state === 'ready'))
      return hosts.sort((a, b) => (a.name < b.name ? -1 : 1))
  }
  throw new Error('facts of the hosts did not come')
}

function nameOf(number: number): string {
  return `h-${String(number).padStart(5, '0')}`
}

async function listHosts(to: Connection, project: string): Promise<(Host & { state: string })[]> {
  const all: (Host & { state: string })[] = []
  let pageToken = ''
  do {
    const page = await callApi(to, `${HOSTS}/ListHosts`, { project, pageSize: 500, pageToken })
    all.push(...(page.hosts ?? []))
    pageToken = page.nextPageToken ?? ''
  } while (pageToken)
  return all
}

/** Of a kind that ssh-add reads. */
function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'sec1', format: 'pem' }) as string
}
