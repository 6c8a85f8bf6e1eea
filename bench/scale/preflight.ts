// `node bench/scale/preflight.ts` (as root): checking 300 hosts, and then 1,000, in one call at the gateway. Simulated hosts
// answer as real ones did (2.5 s for 50 at once), so that this says whether the call has the time that they take, and how
// long Slipway itself takes to judge them. Target: answered, every host, within what docs/preflight.md says.
import { loadavg } from 'node:os'
import { callApi } from '@slipway/cli/api'
import { addHosts } from './hosts.ts'
import { atFleet } from './site.ts'

const sizes = [300, 1_000]

await atFleet({ pace: 1 }, async ({ to, project, plays }) => {
  const hosts = await addHosts(to, project, { count: Math.max(...sizes) })
  for (const size of sizes) {
    const ids = hosts.slice(0, size).map(({ id }) => id)
    const began = performance.now()
    const report = await callApi(to, 'slipway.host.v1.HostService/CheckHosts', { project, ids })
    const seconds = (performance.now() - began) / 1000
    const played = (await plays()).findLast(({ playbook }) => playbook.includes('preflight'))
    const there = played ? (played.ended - played.began) / 1000 : 0
    const { hosts: checked = [], findings = [] } = report
    process.stdout.write(
      `check of ${size} hosts: ${seconds.toFixed(1)} s, ${there.toFixed(1)} of them on the hosts; ${checked.length} hosts with ${findings.length} findings in the report; load ${loadavg()[0]?.toFixed(0)}\n`,
    )
  }
})
process.exit()
