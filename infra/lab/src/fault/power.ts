import type { Fault, FaultWays } from './fault.ts'
import { once, scriptOf, unitFault, whenExists } from './unit.ts'

type OfPower<K extends string> = FaultWays<Extract<Fault, { kind: 'reboots' | 'powers-off' }> & { kind: K }>

/** The host reboots in the middle of what is done to it. */
export const labReboots: OfPower<'reboots'> = armed('reboots', 'reboot')

/** The host's power is cut in the middle of what is done to it. */
export const labPowersOff: OfPower<'powers-off'> = armed('powers-off', 'poweroff')

/** What every create writes after it has begun to change a host, and before the long steps. */
const CONTAINERD = '/etc/containerd/config.toml'

/** Disarmed before it strikes: what it waits for is still there when the host comes back. */
function armed<K extends 'reboots' | 'powers-off'>(kind: K, deed: string): OfPower<K> {
  return unitFault(kind, ({ when = CONTAINERD }) => ({
    script: `rm -f /etc/systemd/system/multi-user.target.wants/lab-fault-${kind}.path /${scriptOf(kind)}
systemctl --force --force ${deed}
`,
    units: { '.path': whenExists(kind, `PathExists=${when}`), '-now.service': once(kind) },
  }))
}
