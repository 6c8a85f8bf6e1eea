import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from '@slipway/process'
import { foldersOf, type Host, type Lab } from '../lab.ts'
import { homeOf, hostFiles, hostLinks } from './files.ts'
import { firewalls } from './firewalls.ts'
import { removeTree } from './remove.ts'
import { machineSwaps, SWAPS_FILE, swapsHeader } from './swaps.ts'

/** Makes a host's tree from its base, unless it has one. Written once: what a host changes later stays its own. */
export async function ensureTree(
  lab: Lab,
  host: Host,
  { base, publicKey, signal }: { base: string; publicKey: string; signal?: AbortSignal | undefined },
): Promise<void> {
  const folders = foldersOf(lab.dir)
  const tree = folders.tree(host.name)
  if (existsSync(tree)) return
  const making = join(folders.hosts, `.making-${host.name}`)
  await removeTree(making)
  await mkdir(folders.hosts, { recursive: true, mode: 0o700 })
  await run(['cp', '--archive', '--reflink=auto', base, making], { signal })
  if (host.user !== 'root') await addUser(making, host, folders.sudoPassword(host.name))
  await run(['ssh-keygen', '-q', '-A', '-f', making])
  await copyFile('/etc/resolv.conf', join(making, 'etc/resolv.conf'))
  await writeFiles(making, lab, host, publicKey)
  await setUpFirewall(making, host, signal)
  // the machine's swap is not the host's, and the kubelet refuses to start where there is any
  if (await machineSwaps()) await writeFile(join(making, SWAPS_FILE), swapsHeader)
  await rename(making, tree)
}

async function writeFiles(tree: string, lab: Lab, host: Host, publicKey: string): Promise<void> {
  // one id per host, kept over its reboots
  const machineId = randomBytes(16).toString('hex')
  for (const { path, text, mode = 0o644 } of hostFiles(lab, host, { machineId, publicKey })) {
    const file = join(tree, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
    await chmod(file, mode)
  }
  for (const { path, target } of hostLinks) {
    const link = join(tree, path)
    await mkdir(dirname(link), { recursive: true })
    await rm(link, { force: true })
    await symlink(target, link)
  }
  const ssh = join(homeOf(host.user), '.ssh')
  await chmod(join(tree, ssh), 0o700)
  // by the tree's own names: the user's number is the host's business
  await run(['chroot', tree, 'chown', '--recursive', `${host.user}:`, `/${ssh}`])
}

/** In a network and with a /proc of its own: what these commands do to a running packet filter is gone with it. */
async function setUpFirewall(tree: string, { firewall }: Host, signal?: AbortSignal): Promise<void> {
  const { files, commands } = firewalls[firewall]
  for (const { path, text } of files) await writeFile(join(tree, path), text)
  const inside = ['unshare', '--net', '--pid', '--fork', '--mount-proc', `--root=${tree}`]
  for (const argv of commands) await run([...inside, ...argv], { signal })
}

/** Adds the person who logs in; with a generated password when sudo is to ask for one. */
async function addUser(tree: string, { user, sudo }: Host, passwordFile: string): Promise<void> {
  await run(['chroot', tree, 'useradd', '--create-home', '--shell', '/bin/bash', user])
  if (sudo !== 'password') return
  const password = randomBytes(18).toString('base64url')
  await run(['chroot', tree, 'chpasswd'], { input: `${user}:${password}\n` })
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
}
