// `node bench/create.ts` (as root, with nothing else running): a cluster of 1 + 1 through the API, from POST to both nodes
// Ready, against bench/by-hand.sh doing the same work on hosts made alike; blobs in repo-proxy, nodes empty. Target ≤ 2.0, aim 1.5.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { callApi } from '@slipway/cli/api'
import { PLATFORM } from '@slipway/cli/demo'
import { type LabHost, labPowerOff } from '@slipway/lab'
import { bothReadyOn, createThroughApi, flannel, put, ssh } from './cluster.ts'
import { atSite, type Site } from './site.ts'

await atSite({ lab: 'bench', hosts: ['api-1', 'api-2', 'hand-1', 'hand-2'] }, async (site) => {
  const { to, place, hosts } = site
  const { token } = await callApi(to, 'slipway.repo.v1.RepoService/CreatePushToken', { expiresInMinutes: 60 })
  const byApi = await createThroughApi(site, hosts.slice(0, 2))
  for (const { name } of hosts.slice(0, 2)) await labPowerOff({ dir: place.lab, host: name, force: true })
  const byHand = await byScript(site, hosts.slice(2), token)
  process.stdout.write(
    `create through the API: ${byApi.toFixed(1)} s; by hand: ${byHand.toFixed(1)} s; ratio ${(byApi / byHand).toFixed(2)} (target ≤ 2.0, aim 1.5)\n`,
  )
})
process.exit()

async function byScript(
  { to, running, release, gateway }: Site,
  pair: readonly LabHost[],
  pushToken: string,
): Promise<number> {
  const [first, second] = pair
  if (!first || !second) throw new Error('two hosts are needed')
  const { port } = new URL(running.repo)
  const files = (release.platforms[PLATFORM]?.files ?? []).map(({ url, path }) => `${url} ${path}\n`).join('')
  for (const host of pair) {
    await put(host, '/tmp/by-hand.sh', await readFile(join(import.meta.dirname, 'by-hand.sh'), 'utf8'))
    await put(host, '/tmp/files', files)
    await put(host, '/tmp/flannel.yaml', await flannel())
  }
  const began = performance.now()
  const prepare = ['bash', '/tmp/by-hand.sh', 'prepare', 'repo.slipway.internal', gateway, port]
  await Promise.all(pair.map((host) => ssh(host, prepare, `${pushToken}\n${to.ca}`)))
  const said = await ssh(first, ['bash', '/tmp/by-hand.sh', 'init', first.address, release.kubernetes])
  const [, bootstrap = ''] = /--token (\S+)/.exec(said) ?? []
  const [, hash = ''] = /(sha256:[0-9a-f]+)/.exec(said) ?? []
  await ssh(second, ['bash', '/tmp/by-hand.sh', 'join', first.address, bootstrap, hash])
  await bothReadyOn(first)
  return (performance.now() - began) / 1000
}
