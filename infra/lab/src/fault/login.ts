import { randomBytes } from 'node:crypto'
import { readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { precondition } from '@slipway/errors'
import { run } from '@slipway/process'
import { runInside } from '../host/inside.ts'
import { foldersOf } from '../lab.ts'
import type { Fault, FaultPlace, FaultWays } from './fault.ts'

type OfLogin<K> = FaultWays<Extract<Fault, { kind: K }>>

/** Somebody changed the password of the host's user: what people know as the sudo password is wrong. */
export const labSudoPassword: OfLogin<'sudo-password'> = {
  break: async (place) => {
    if (!asksPassword(place)) {
      const hint = 'Take one that was made with user=NAME,sudo=password.'
      throw precondition([{ field: 'host', message: `sudo asks no password on ${place.host.name}`, hint }])
    }
    await setPassword(place, randomBytes(18).toString('base64url'))
  },
  heal: async (place) => {
    if (!asksPassword(place)) return
    const known = await readFile(foldersOf(place.lab.dir).sudoPassword(place.host.name), 'utf8')
    await setPassword(place, known.trim())
  },
}

function asksPassword({ host }: FaultPlace): boolean {
  return host.user !== 'root' && host.sudo === 'password'
}

async function setPassword({ tree, host, running }: FaultPlace, password: string): Promise<void> {
  await run(['chroot', tree, 'chpasswd'], { input: `${host.user}:${password}\n` })
  // sudo asks nothing for a quarter of an hour after it was told a password
  if (running) await runInside(running, ['rm', '-rf', '/run/sudo/ts'])
}

/** Python is not installed. What runs already goes on. */
export const labNoPython: OfLogin<'no-python'> = {
  break: ({ tree }) => renameAll(join(tree, 'usr/bin'), /^python3(\.\d+)?$/, (name) => `${name}${AWAY}`),
  heal: ({ tree }) =>
    renameAll(join(tree, 'usr/bin'), /^python3(\.\d+)?\.lab$/, (name) => name.slice(0, -AWAY.length)),
}

const AWAY = '.lab'

async function renameAll(folder: string, which: RegExp, to: (name: string) => string): Promise<void> {
  for (const name of (await readdir(folder)).filter((one) => which.test(one))) {
    await rename(join(folder, name), join(folder, to(name)))
  }
}
