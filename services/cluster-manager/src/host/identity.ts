import type { Facts } from './facts.ts'

/** What tells a machine from others, under the name that it has here. */
export type Identity = { name: string } & Pick<Facts, 'machineId' | 'hostname' | 'clockOffsetSeconds'>

/** What is wrong with one of some hosts, by its place among them. What to do after the remedy is for the asker to say. */
export type IdentityProblem = {
  index: number
  id: 'clock-wrong' | 'machine-id-taken' | 'host-name-taken' | 'clocks-apart'
  message: string
  remedy: string
}

/** Certificates, leases and tokens go wrong beyond it. */
const CLOCK_SECONDS = 30

/**
 * Everything that keeps hosts from being nodes of one cluster beside each other: clocks that are wrong or apart, and
 * machines that take each other's identity, the copies of one template.
 */
export function* identityProblems(hosts: readonly Identity[]): Generator<IdentityProblem> {
  for (const [index, { name, machineId, hostname, clockOffsetSeconds: offset }] of hosts.entries()) {
    const before = hosts.slice(0, index)
    const isWrong = Math.abs(offset) > CLOCK_SECONDS
    if (isWrong) {
      const message = `the clock of ${name} is ${Math.abs(offset)} s ${offset > 0 ? 'ahead of' : 'behind'} Slipway's`
      yield { index, id: 'clock-wrong', message, remedy: 'Set it right (chrony, systemd-timesyncd)' }
    }
    const twin = machineId === '' ? undefined : before.find((one) => one.machineId === machineId)
    if (twin) {
      const remedy = 'Make a new one (rm /etc/machine-id; systemd-machine-id-setup; reboot)'
      const message = `${name} has the machine id of ${twin.name}`
      yield { index, id: 'machine-id-taken', message, remedy }
    }
    const namesake = hostname === '' ? undefined : before.find((one) => one.hostname === hostname)
    if (namesake) {
      const message = `${name} and ${namesake.name} both call themselves ${hostname}`
      yield {
        index,
        id: 'host-name-taken',
        message,
        remedy: 'Give one another name (hostnamectl set-hostname)',
      }
    }
    // beside a clock that is wrong itself, every right one would be blamed
    const apart = before.find(
      (one) =>
        Math.abs(one.clockOffsetSeconds) <= CLOCK_SECONDS &&
        Math.abs(one.clockOffsetSeconds - offset) > CLOCK_SECONDS,
    )
    if (apart && !isWrong) {
      const message = `the clocks of ${name} and ${apart.name} are more than ${CLOCK_SECONDS} s apart`
      yield { index, id: 'clocks-apart', message, remedy: 'Set both right (chrony, systemd-timesyncd)' }
    }
  }
}
