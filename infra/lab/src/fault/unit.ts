import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runInside } from '../host/inside.ts'
import type { Fault, FaultKind, FaultWays } from './fault.ts'

/** What is written into a host for a fault. */
export type HostUnits = {
  /** Its program: a shell or Python script, kept in the host at `scriptOf(kind)`. */
  script: string
  /** Texts of its units by suffix: `.service`, `.path`, and `-now.service` for what a `.path` begins. */
  units: Readonly<Record<string, string>>
}

/**
 * A fault that the host's own systemd makes: at each boot before anybody logs in, until its units are stopped. Its files
 * are written from outside, where nothing that is wrong in the host keeps them from being removed.
 */
export function unitFault<F extends Fault>(kind: FaultKind, unitsFor: (fault: F) => HostUnits): FaultWays<F> {
  return {
    break: async ({ tree, running }, fault) => {
      const { script, units } = unitsFor(fault)
      await mkdir(join(tree, SCRIPTS), { recursive: true })
      await writeFile(join(tree, scriptOf(kind)), script)
      for (const [suffix, text] of Object.entries(units)) {
        await writeFile(join(tree, UNITS, nameOf(kind, suffix)), text)
      }
      const begun = Object.keys(units).filter(isBegun)
      for (const suffix of begun) await want(tree, nameOf(kind, suffix))
      if (!running) return
      const systemctl = (verb: string, suffixes: readonly string[]) =>
        runInside(running, ['systemctl', verb, ...suffixes.map((suffix) => nameOf(kind, suffix))])
      await systemctl('daemon-reload', [])
      const struck = Object.keys(units).filter((suffix) => !isBegun(suffix))
      if (struck.length > 0) await systemctl('stop', struck)
      await systemctl('restart', begun)
    },
    heal: async ({ tree, running }) => {
      const units = (await readdir(join(tree, UNITS))).filter((unit) => isOf(kind, unit))
      // what a .path begins may be what asks for its end, or have ended the host
      const begun = units.filter((unit) => isBegun(unit.slice(nameOf(kind, '').length)))
      if (running && begun.length > 0) await runInside(running, ['systemctl', 'stop', ...begun])
      for (const unit of units) await rm(join(tree, WANTS, unit), { force: true })
      for (const path of [scriptOf(kind), ...units.map((unit) => join(UNITS, unit))]) {
        await rm(join(tree, path), { force: true })
      }
      if (running && units.length > 0) await runInside(running, ['systemctl', 'daemon-reload'])
    },
  }
}

/** Where a host keeps the script of a fault. */
export function scriptOf(kind: FaultKind): string {
  return `${SCRIPTS}/${kind}`
}

/** A service that puts something in with `start` and takes it out with `stop`, by its shell script. */
export function putIn(kind: FaultKind): string {
  const run = `/bin/sh -e /${scriptOf(kind)}`
  return `${heading(kind)}Type=oneshot\nRemainAfterExit=yes\nExecStart=${run} start\nExecStop=${run} stop\n`
}

/** A service that holds something as long as its Python script runs, which says when it has got it. */
export function held(kind: FaultKind): string {
  return `${heading(kind)}Type=notify\nExecStart=/usr/bin/python3 /${scriptOf(kind)}\n`
}

/** What a `.path` begins: the shell script, once, though what it waited for stays. */
export function once(kind: FaultKind): string {
  return `${heading(kind)}Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -e /${scriptOf(kind)} now\n`
}

/**
 * A unit that waits, without asking again and again, until something exists in the host. After the fault's own service:
 * what that mounts hides the folders that would be watched.
 */
export function whenExists(kind: FaultKind, condition: string): string {
  const heading = `[Unit]\nDescription=Lab fault ${kind}\nAfter=${nameOf(kind, '.service')}\n`
  return `${heading}[Path]\n${condition}\nUnit=${nameOf(kind, '-now.service')}\n`
}

const SCRIPTS = 'etc/lab-faults'
const UNITS = 'etc/systemd/system'
const WANTS = `${UNITS}/multi-user.target.wants`

function heading(kind: FaultKind): string {
  return `[Unit]\nDescription=Lab fault ${kind}\nBefore=ssh.service\n[Service]\n`
}

function nameOf(kind: FaultKind, suffix: string): string {
  return `lab-fault-${kind}${suffix}`
}

function isOf(kind: FaultKind, unit: string): boolean {
  return ['.service', '.path', '-now.service'].some((suffix) => unit === nameOf(kind, suffix))
}

function isBegun(suffix: string): boolean {
  return !suffix.startsWith('-now')
}

async function want(tree: string, unit: string): Promise<void> {
  await mkdir(join(tree, WANTS), { recursive: true })
  const link = join(tree, WANTS, unit)
  if (!existsSync(join(tree, UNITS, unit))) return
  await rm(link, { force: true })
  await symlink(`../${unit}`, link)
}
