import { existsSync } from 'node:fs'
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runInside } from '../host/inside.ts'
import { waitForLogin } from '../host/reach.ts'
import { faketime } from './faketime.ts'
import type { Fault, FaultPlace, FaultWays } from './fault.ts'

/**
 * A wrong clock in one host: the machine has only one, so libfaketime lies to every program that a login starts, by
 * sudo too. Services keep the right time: an sshd that runs under libfaketime is killed by its own sandbox (it calls
 * unlink, seen with Debian 12 and 13), so /etc/ld.so.preload is no way.
 */
export const labClock: FaultWays<Extract<Fault, { kind: 'clock' }>> = {
  break: async (place, { seconds = 600 }) => {
    const { tree } = place
    // a new file each time: programs that run have the old one mapped
    await copyFile(await faketime(place), join(tree, `${LIBRARY}.new`))
    await rename(join(tree, `${LIBRARY}.new`), join(tree, LIBRARY))
    await writeFile(join(tree, SUDOERS), 'Defaults env_file=/etc/environment\n', { mode: 0o440 })
    await setEnvironment(tree, [
      `LD_PRELOAD=/${LIBRARY}`,
      `FAKETIME=${seconds < 0 ? '' : '+'}${Math.trunc(seconds)}`,
      'FAKETIME_DONT_FAKE_MONOTONIC=1',
    ])
    await endLogins(place)
  },
  heal: async (place) => {
    const { tree } = place
    if (!existsSync(join(tree, LIBRARY))) return
    await setEnvironment(tree, [])
    await endLogins(place)
    for (const path of [SUDOERS, LIBRARY]) await rm(join(tree, path), { force: true })
  },
}

const LIBRARY = 'usr/lib/lab-faketime.so'
const SUDOERS = 'etc/sudoers.d/lab-clock'
const ENVIRONMENT = 'etc/environment'

/** Replaces our lines and keeps everybody else's. */
async function setEnvironment(tree: string, ours: readonly string[]): Promise<void> {
  const file = join(tree, ENVIRONMENT)
  const text = await readFile(file, 'utf8').catch(() => '')
  const others = text
    .split('\n')
    .filter((line) => line !== '' && !/^(FAKETIME|LD_PRELOAD=.*lab-faketime)/.test(line))
  await writeFile(file, [...others, ...ours].map((line) => `${line}\n`).join(''))
}

/** A login takes its environment at its beginning, and a connection that Ansible keeps open began long ago. */
async function endLogins({ lab, host, running, signal }: FaultPlace): Promise<void> {
  if (!running) return
  await runInside(running, ['systemctl', 'kill', '--kill-who=all', 'ssh.service'])
  await runInside(running, ['systemctl', 'restart', 'ssh.service'])
  await waitForLogin(lab, host, { pid: running.keeper, signal })
}
