import type { FaultKind } from './fault.ts'
import { type Broken, notedFaults } from './notes.ts'
import { ways } from './ways.ts'

/** Every fault that a host can have, and those that hosts have now. */
export type LabFaults = { kinds: { kind: FaultKind; says: string }[]; broken: Broken[] }

/** Lists them. */
export async function labFaults({ dir }: { dir: string }): Promise<LabFaults> {
  const kinds = (Object.keys(ways) as FaultKind[]).map((kind) => ({ kind, says: ways[kind].says }))
  return { kinds, broken: await notedFaults(dir) }
}
