// `node bench/output-latency.ts` (as root): how long a line takes from ansible-playbook to a person who watches, at 20,000
// lines a second for 30 s: callback plugin, socket, OUTPUT, gateway with TLS, Server-Sent Events with an API token.
// A cluster is created whose preflight.yml is bench/flood's. Targets: p99 < 250 ms, memory of the all-in-one flat.
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { type Connection, callApi } from '@slipway/cli/api'
import { ensureHosts, ensureProject } from '@slipway/cli/demo'
import { percentile, rssMib } from './numbers.ts'
import { atSite } from './site.ts'

const EXPECTED = 20_000 * 30
const quiet = () => {}

await atSite(
  { lab: 'benchflood', hosts: ['node-1'], playbooks: floodingPlaybooks },
  async ({ to, pid, hosts, release }) => {
    const project = await ensureProject(to)
    const [host] = await ensureHosts(to, project, hosts, quiet)
    const memory: number[] = [await rssMib(pid)]
    const { operation } = await callApi(to, 'slipway.cluster.v1.ClusterService/CreateCluster', {
      project,
      name: 'flood',
      spec: { kubernetesVersion: release.kubernetes, nodes: [{ host: host?.id, role: 'control-plane' }] },
    })
    let timer: NodeJS.Timeout | undefined
    const heard = await watch(to, `/api/v1/projects/${project}/operations/${operation.id}/events`, () => {
      timer = setInterval(async () => memory.push(await rssMib(pid).catch(() => Number.NaN)), 5_000)
    })
    clearInterval(timer)
    const { delays, printedAt, last } = heard
    const seconds = ((printedAt.at(-1) ?? 0) - (printedAt[0] ?? 0)) / 1e6
    const say = (line: string) => process.stdout.write(`${line}\n`)
    say(
      `${delays.length} of ${EXPECTED} lines received, printed at ${Math.round(delays.length / seconds)} lines/s`,
    )
    if (delays.length !== EXPECTED) say(`lines were lost or doubled; the stream ended with: ${last}`)
    const [p50, p99] = [percentile(delays, 0.5), percentile(delays, 0.99)]
    say(
      `printed → received: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, max ${percentile(delays, 1).toFixed(0)} ms (target p99 < 250 ms)`,
    )
    say(`p99 of every 5 s: ${windows(delays, printedAt).join(' ')} ms`)
    say(
      `RSS of the Node process before and every 5 s: ${memory.map((mib) => mib.toFixed(0)).join(' ')} MiB (target: flat)`,
    )
  },
)
process.exit()

/** Slipway's playbooks, but for a preflight.yml that floods. */
async function floodingPlaybooks(folder: string): Promise<string> {
  const [ours, flood] = ['../infra/ansible', 'flood'].map((path) => join(import.meta.dirname, path)) as [
    string,
    string,
  ]
  await cp(ours, folder, { recursive: true })
  await mkdir(join(folder, 'plugins/strategy'))
  await copyFile(join(flood, 'flood.py'), join(folder, 'plugins/strategy/flood.py'))
  await copyFile(join(flood, 'preflight.yml'), join(folder, 'preflight.yml'))
  const settings = await readFile(join(ours, 'ansible.cfg'), 'utf8')
  await writeFile(
    join(folder, 'ansible.cfg'),
    settings.replace('[defaults]', '[defaults]\nstrategy_plugins = plugins/strategy'),
  )
  return folder
}

/** The p99 of each stretch of 5 s: a hiccup of the machine is told from a path that is too slow. */
function windows(delays: readonly number[], printedAt: readonly number[]): string[] {
  const [begin = 0] = printedAt
  const stretches: number[][] = []
  delays.forEach((delay, index) => {
    const at = Math.floor(((printedAt[index] ?? 0) - begin) / 5e6)
    stretches[at] ??= []
    stretches[at].push(delay)
  })
  return stretches.map((stretch) => percentile(stretch, 0.99).toFixed(0))
}

/**
 * Reads the events of a watch to their end with as little work as can be, since it shares the machine with what it measures:
 * of each line only when it was printed is looked at, and it counts as received with the piece of the stream that completes it.
 */
function watch(
  to: Connection,
  path: string,
  onFirst: () => void,
): Promise<{ delays: number[]; printedAt: number[]; last: string }> {
  const delays: number[] = []
  const printedAt: number[] = []
  const headers = { authorization: `Bearer ${to.token}`, accept: 'text/event-stream' }
  return new Promise((resolve, reject) => {
    const asked = request(`${to.url}${path}`, { ca: to.ca, headers }, (response) => {
      let rest = ''
      response.setEncoding('latin1')
      response.on('data', (piece: string) => {
        const now = Date.now() * 1000
        const text = rest + piece
        const end = text.lastIndexOf('\n\n') + 2
        rest = end < 2 ? text : text.slice(end)
        if (end < 2) return
        for (const [, printed] of text.slice(0, end).matchAll(/"text":"flood (\d+) /g)) {
          if (printedAt.length === 0) onFirst()
          printedAt.push(Number(printed))
          delays.push((now - Number(printed)) / 1000)
        }
        last = text.slice(Math.max(0, end - 600), end)
      })
      let last = ''
      response.on('end', () => resolve({ delays, printedAt, last }))
      response.on('error', reject)
    })
    asked.on('error', reject)
    asked.end()
  })
}
