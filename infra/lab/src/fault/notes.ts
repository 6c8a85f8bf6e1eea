import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { foldersOf } from '../lab.ts'
import type { Fault, FaultKind } from './fault.ts'

/** What is wrong with a host, as far as the lab did it. */
export type Broken = { host: string; fault: Fault }

/** Notes a fault before it is made, so that one that was made half-way is known too. */
export async function noteFault(dir: string, { host, fault }: Broken): Promise<void> {
  const folder = join(foldersOf(dir).faults, host)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, fault.kind), `${JSON.stringify(fault)}\n`)
}

/** Forgets a fault after it was healed. */
export async function forgetFault(dir: string, host: string, kind: FaultKind): Promise<void> {
  await rm(join(foldersOf(dir).faults, host, kind), { force: true })
}

/** Every fault that was made and not healed. */
export async function notedFaults(dir: string): Promise<Broken[]> {
  const { faults } = foldersOf(dir)
  const broken: Broken[] = []
  for (const host of await readdir(faults).catch(() => [])) {
    for (const kind of (await readdir(join(faults, host))).sort()) {
      const text = await readFile(join(faults, host, kind), 'utf8')
      // cut off while it was written: the name of the file says enough to heal it
      const fault: Fault = text.endsWith('\n') ? JSON.parse(text) : { kind }
      broken.push({ host, fault })
    }
  }
  return broken
}
