import { notFound, precondition } from '@slipway/errors'
import type { Host, Lab } from '../lab.ts'

/** The second host that a fault is about: the named one, or the lab's first other one. */
export function otherHost(lab: Lab, host: Host, name: string | undefined): Host {
  const others = lab.hosts.filter((one) => one.name !== host.name)
  const found = name === undefined ? others[0] : others.find((one) => one.name === name)
  if (found) return found
  if (name !== undefined) throw notFound('host', name)
  const hint = 'Give the lab a second host: `lab up … --host NAME`.'
  throw precondition([{ field: 'host', message: `${host.name} is the only host of this lab`, hint }])
}
