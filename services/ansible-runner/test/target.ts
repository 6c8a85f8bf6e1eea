import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@slipway/embedded'
import { start, stop } from '@slipway/process'

/** A real host to log in to: sshd, sudo and Python in a throw-away tree, on a free port of loopback. */
export type TargetHost = { port: number; user: string; hostKey: string; stop: () => Promise<void> }

/** Starts one, as root, in half a second. sudo asks for the password. */
export async function startTarget(account: {
  user: string
  password: string
  publicKey: string
}): Promise<TargetHost> {
  const { user, password, publicKey } = account
  const folder = await mkdtemp(join(tmpdir(), 'slipway-target-'))
  const port = await freePort()
  const script = join(import.meta.dirname, 'fixtures/target.sh')
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
  const said: string[] = []
  let hear: (line: string) => void = () => {}
  const child = start([...namespaces, script, await baseTree(), folder, String(port)], {
    input: `${user}:${password}\n${publicKey}\n`,
    onLine: (line) => hear(line),
  })
  const hostKey = await new Promise<string>((resolve, reject) => {
    let key: string | undefined
    hear = (line) => {
      said.push(line)
      if (line.startsWith('ready ')) key = line.split(' ').slice(1, 3).join(' ')
      if (key && line.startsWith('Server listening')) resolve(key)
    }
    child.ended.then(() => reject(new Error(`the target did not start: ${said.join('\n')}`)))
  })
  return {
    port,
    user,
    hostKey,
    stop: async () => {
      await stop(child, 200)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** This machine's own tree where it has sshd and sudo (tools/setup.mjs sees to it), else a host's tree of the lab. */
async function baseTree(): Promise<string> {
  if (existsSync('/usr/sbin/sshd') && existsSync('/usr/bin/sudo')) return '/'
  const cache = join(process.env.SLIPWAY_CACHE ?? join(homedir(), '.cache/slipway'), 'lab')
  const trees = (await readdir(cache).catch(() => [])).filter((name) => /^debian-12-[0-9a-f]+$/.test(name))
  if (trees[0]) return join(cache, trees[0])
  throw new Error('no sshd and sudo to log in to: apt-get install openssh-server sudo')
}
