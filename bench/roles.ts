// `node bench/roles.ts` (as root, with nothing else running): what a create of 1 + 1 spends on hosts, task by task as Ansible
// tells it: the ten most expensive with their share of all tasks. A task counts as long as its slowest host takes.
import { callApi } from '@slipway/cli/api'
import { ensureProject } from '@slipway/cli/demo'
import { createThroughApi } from './cluster.ts'
import { atSite } from './site.ts'

type Line = { run: string; host: string; task: string; kind: string; text: string }
type Cost = { step: string; task: string; seconds: Map<string, number> }
const api = 'slipway.operation.v1.OperationService'

await atSite({ lab: 'benchroles', hosts: ['node-1', 'node-2'] }, async (site) => {
  const { to, hosts } = site
  const ready = await createThroughApi(site, hosts)
  const project = await ensureProject(to)
  const { operations } = await callApi(to, `${api}/ListOperations`, { project })
  const costs = new Map<string, Cost>()
  for (const { name: step } of operations[0].steps) {
    for (const { host, task, text } of await linesOf(project, operations[0].id, step)) {
      const seconds = /^(\d+\.\d) s$/.exec(text)?.[1]
      if (!seconds) continue
      const key = `${step} ${task}`
      const cost = costs.get(key) ?? { step, task, seconds: new Map() }
      costs.set(key, cost)
      cost.seconds.set(host, (cost.seconds.get(host) ?? 0) + Number(seconds))
    }
  }
  const slowest = ({ seconds }: Cost) => Math.max(...seconds.values())
  const all = [...costs.values()].sort((one, other) => slowest(other) - slowest(one))
  const sum = all.reduce((total, cost) => total + slowest(cost), 0)
  process.stdout.write(
    `${all.length} tasks, ${sum.toFixed(1)} s of ${ready.toFixed(1)} s from POST to both nodes Ready\n`,
  )
  for (const cost of all.slice(0, 10)) {
    const share = `${((100 * slowest(cost)) / sum).toFixed(0)} %`.padStart(5)
    const each = [...cost.seconds].map(([host, seconds]) => `${host} ${seconds.toFixed(1)} s`).join(', ')
    process.stdout.write(`${share}  ${cost.step}: ${cost.task} (${each})\n`)
  }

  async function linesOf(project: string, id: string, step: string): Promise<Line[]> {
    const lines: Line[] = []
    let pageToken = ''
    do {
      const page = await callApi(to, `${api}/ListOutput`, { project, id, step, pageSize: 500, pageToken })
      lines.push(...(page.lines ?? []))
      pageToken = page.nextPageToken ?? ''
    } while (pageToken)
    return lines
  }
})
process.exit()
