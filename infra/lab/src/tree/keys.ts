import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '@slipway/process'
import { foldersOf, type Lab } from '../lab.ts'

/** Makes the lab's own key, with which all its hosts are reached; answers the public half. */
export async function ensureSshKey(dir: string): Promise<string> {
  const { keys, sshKey } = foldersOf(dir)
  await mkdir(keys, { recursive: true, mode: 0o700 })
  // the public half comes last, so without it the pair was cut off
  if (!existsSync(`${sshKey}.pub`)) {
    await rm(sshKey, { force: true })
    await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'slipway-lab', '-f', sshKey])
  }
  return readFile(`${sshKey}.pub`, 'utf8')
}

/** Writes the hosts' own keys where ssh looks them up, so that nothing is trusted at first sight. */
export async function writeKnownHosts(lab: Lab): Promise<void> {
  const folders = foldersOf(lab.dir)
  const lines = await Promise.all(
    lab.hosts.map(async ({ name, address }) => {
      const file = join(folders.tree(name), 'etc/ssh/ssh_host_ed25519_key.pub')
      const [type, key] = (await readFile(file, 'utf8')).split(' ')
      return `${address} ${type} ${key}\n`
    }),
  )
  await writeFile(folders.knownHosts, lines.join(''), { mode: 0o600 })
}
