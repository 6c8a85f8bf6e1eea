import type { Jump } from '../run/order.ts'

/** Jump hosts of targets by their alias in ssh's configuration, each once; no host can be called like them. */
export function jumpHosts(targets: readonly { jump: Jump | undefined }[]): Map<string, Jump> {
  const found = new Map<string, Jump>()
  for (const { jump } of targets) {
    if (jump && !aliasOf(found, jump)) found.set(`_jump${found.size}`, jump)
  }
  return found
}

/** The alias of a jump host among those. */
export function aliasOf(jumps: ReadonlyMap<string, Jump>, jump: Jump): string | undefined {
  const same = ([, one]: readonly [string, Jump]) =>
    one.address === jump.address && one.port === jump.port && one.login.credential === jump.login.credential
  return [...jumps].find(same)?.[0]
}
