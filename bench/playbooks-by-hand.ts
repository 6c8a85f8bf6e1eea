// `node bench/playbooks-by-hand.ts` (as root, with nothing else running): a cluster of 1 + 1 through the API, from POST to
// both nodes Ready, against the same playbooks with the same variables run by `ansible-playbook` on hosts made alike.
// What the services add to Ansible must stay small: target ≤ 1.10.
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { callApi } from '@slipway/cli/api'
import { ensureProject } from '@slipway/cli/demo'
import { type LabHost, labPowerOff } from '@slipway/lab'
import { run } from '@slipway/process'
import { type AskedRun, askedRuns } from '@slipway/testing'
import { bothReadyOn, createThroughApi, flannel, put, ssh } from './cluster.ts'
import { atSite, type Site } from './site.ts'

type Json = Record<string, unknown>

await atSite({ lab: 'benchplay', hosts: ['api-1', 'api-2', 'hand-1', 'hand-2'] }, async (site) => {
  const { to, place, hosts } = site
  const pair = hosts.slice(0, 2)
  const { token } = await callApi(to, 'slipway.repo.v1.RepoService/CreatePushToken', { expiresInMinutes: 60 })
  const asking = { data: place.data, project: await ensureProject(to), signal: AbortSignal.timeout(300_000) }
  const [byApi, asked] = await Promise.all([createThroughApi(site, pair), askedRuns(asking, ['prepare.yml'])])
  for (const { name } of pair) await labPowerOff({ dir: place.lab, host: name, force: true })
  const other = alike(asked.get('prepare.yml'), pair, hosts.slice(2))
  const byHand = await byPlaybooks(site, hosts.slice(2), { ...other, token })
  process.stdout.write(
    `create through the API: ${byApi.toFixed(1)} s; the same playbooks by hand: ${byHand.toFixed(1)} s; ratio ${(byApi / byHand).toFixed(2)} (target ≤ 1.10)\n`,
  )
})
process.exit()

/** The same for other hosts: their names and addresses take the place of the first ones'. */
function alike(asked: AskedRun | undefined, from: readonly LabHost[], to: readonly LabHost[]): AskedRun {
  const names = from.flatMap(({ name, address }, index) => [
    [JSON.stringify(name), JSON.stringify(to[index]?.name)],
    [JSON.stringify(address), JSON.stringify(to[index]?.address)],
  ])
  return JSON.parse(
    names.reduce((text, [old = '', fresh = '']) => text.replaceAll(old, fresh), JSON.stringify(asked)),
  )
}

async function byPlaybooks(
  { place, settings }: Site,
  pair: readonly LabHost[],
  { variables: asked, hosts, token }: AskedRun & { token: string },
): Promise<number> {
  const [first] = pair
  if (!first) throw new Error('hosts are needed')
  const folder = join(place.dir, 'hand')
  await mkdir(folder)
  const file = async (name: string, value: unknown) => {
    await writeFile(join(folder, name), JSON.stringify(value), { mode: 0o600 })
    return join(folder, name)
  }
  const inventory = await file('hosts.json', inventoryOf(pair, hosts))
  const variables = {
    ...asked,
    slipway_repo: { ...(asked.slipway_repo as Json), token },
    slipway_encryption_key: randomBytes(32).toString('base64'),
  }
  await put(first, '/root/flannel.yaml', await flannel())
  const kubectl = ['kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf']

  const began = performance.now()
  const given = await file('variables.json', variables)
  await play('preflight')
  await play('prepare')
  await play('control-plane', '--limit', first.name)
  await ssh(first, [...kubectl, 'apply', '-f', '/root/flannel.yaml'])
  const said = await ssh(first, ['kubeadm', 'token', 'create', '--ttl', '15m', '--print-join-command'])
  const [, bootstrap = ''] = /--token (\S+)/.exec(said) ?? []
  const [, hash = ''] = /(sha256:[0-9a-f]+)/.exec(said) ?? []
  const joining = await file('join.json', { slipway_join: { token: bootstrap, ca_hashes: [hash] } })
  await play('worker', '--limit', `!${first.name}`, '--extra-vars', `@${joining}`)
  await bothReadyOn(first)
  return (performance.now() - began) / 1000

  async function play(name: string, ...more: string[]): Promise<void> {
    const playbooks = settings.SLIPWAY_ANSIBLE_PLAYBOOKS
    const program = join(settings.SLIPWAY_ANSIBLE_VENV, 'bin/ansible-playbook')
    const own = ['--extra-vars', `slipway_operation=hand/${name}/1`]
    const argv = [program, '--inventory', inventory, '--extra-vars', `@${given}`, ...own, ...more]
    const env = {
      PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
      HOME: folder,
      LANG: 'C.UTF-8',
      ANSIBLE_CONFIG: join(playbooks, 'ansible.cfg'),
    }
    await run([...argv, join(playbooks, `${name}.yml`)], { env, deadlineMs: 300_000 })
  }
}

function inventoryOf(pair: readonly LabHost[], variables: AskedRun['hosts']): Json {
  const hosts = pair.map((host) => [
    host.name,
    {
      ...variables[host.name],
      ansible_host: host.address,
      ansible_user: host.user,
      ansible_ssh_private_key_file: host.sshKeyFile,
      ansible_ssh_common_args: `-o UserKnownHostsFile=${host.knownHostsFile}`,
    },
  ])
  return { all: { hosts: Object.fromEntries(hosts) } }
}
