import type { Running } from '../host/find.ts'
import type { Host, Lab } from '../lab.ts'

/** A thing that can be wrong with one host, without touching the machine or the other hosts. */
export type Fault =
  /** Seconds ahead; 600 unless said otherwise. */
  | { kind: 'clock'; seconds?: number | undefined }
  /** Whose identity the host takes on: the lab's first other host unless said otherwise. */
  | { kind: 'machine-id' | 'hostname'; like?: string | undefined }
  /** Which port is held: the API server's, 6443, unless said otherwise. */
  | { kind: 'port-taken'; port?: number | undefined }
  /** Between which host and this one: the lab's first other host unless said otherwise; the kubelet's port 10250. */
  | { kind: 'port-blocked'; other?: string | undefined; port?: number | undefined }
  /** When: as soon as this path exists on the host; once containerd has its configuration unless said otherwise. */
  | { kind: 'reboots' | 'powers-off'; when?: string | undefined }
  | {
      kind:
        | 'swap'
        | 'disk-full'
        | 'disk-fills'
        | 'no-inodes'
        | 'etc-read-only'
        | 'sudo-password'
        | 'no-python'
        | 'package-lock'
        | 'mtu'
        | 'leftovers'
        | 'other-containerd'
        | 'dns'
        | 'repo-proxy'
        | 'ssh-hangs'
    }

/** Its name: what `lab break` and `lab heal` are told. */
export type FaultKind = Fault['kind']

/** What a fault is made with. */
export type FaultPlace = {
  lab: Lab
  host: Host
  tree: string
  /** Undefined while the host is off. */
  running: Running | undefined
  cacheDir: string
  proxy: Record<string, string>
  signal: AbortSignal | undefined
}

/** How a fault is put in and taken out; both may run twice, on a host that is off too. */
export type FaultWays<F extends Fault = Fault> = {
  break: (place: FaultPlace, fault: F) => Promise<void>
  heal: (place: FaultPlace) => Promise<void>
}
