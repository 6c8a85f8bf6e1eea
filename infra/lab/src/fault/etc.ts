import type { Fault, FaultWays } from './fault.ts'
import { putIn, unitFault } from './unit.ts'

/** /etc can be read and not written, as on a disk with an error. */
export const labEtcReadOnly: FaultWays<Extract<Fault, { kind: 'etc-read-only' }>> = unitFault(
  'etc-read-only',
  () => ({
    script: `case "$1" in
start) mount --bind /etc /etc; mount -o remount,bind,ro /etc ;;
stop) umount --lazy /etc ;;
esac
`,
    units: { '.service': putIn('etc-read-only') },
  }),
)
