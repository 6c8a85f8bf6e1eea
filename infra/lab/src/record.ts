import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { notFound } from '@slipway/errors'
import { foldersOf, type Host, type Lab } from './lab.ts'

/** Reads what a lab is; undefined when its folder holds none. */
export async function readLab(dir: string): Promise<Lab | undefined> {
  const text = await readFile(foldersOf(dir).record, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const lab = JSON.parse(text) as Lab
  // our own file; the folder may have been moved since, and hosts of older labs have no firewall
  return { ...lab, dir, hosts: lab.hosts.map((host) => ({ ...host, firewall: host.firewall ?? 'none' })) }
}

/** Reads what a lab is, where there has to be one. */
export async function requireLab(dir: string): Promise<Lab> {
  const lab = await readLab(dir)
  if (!lab) throw notFound('lab', `in ${dir}`)
  return lab
}

/** Reads one host of a lab. */
export async function requireHost(dir: string, name: string): Promise<{ lab: Lab; host: Host }> {
  const lab = await requireLab(dir)
  const host = lab.hosts.find((one) => one.name === name)
  if (!host) throw notFound('host', name)
  return { lab, host }
}

/** Writes what a lab is, whole or not at all. */
export async function writeLab(lab: Lab): Promise<void> {
  const { record } = foldersOf(lab.dir)
  await mkdir(lab.dir, { recursive: true })
  await writeFile(`${record}.new`, `${JSON.stringify(lab, undefined, 2)}\n`, { mode: 0o600 })
  await rename(`${record}.new`, record)
}
