import type { Running } from '../host/find.ts'
import type { Host, Lab } from '../lab.ts'

/** A thing that can be wrong with one host, without touching the machine or the other hosts. */
export type Fault =
  /** Every program that starts from now on sees another time; 600 seconds ahead unless said otherwise. */
  | { kind: 'clock'; seconds?: number | undefined }
  /** The host reports swap space that it has not. */
  | { kind: 'swap' }
  /** The host has the machine id of another one. */
  | { kind: 'machine-id'; like: string }
  /** The host has the name of another one. */
  | { kind: 'hostname'; like: string }

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

/** How a fault is put in and taken out; both may run twice. */
export type FaultWays<F extends Fault> = {
  break: (place: FaultPlace, fault: F) => Promise<void>
  heal: (place: FaultPlace) => Promise<void>
}
