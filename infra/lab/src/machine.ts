import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Problem } from '@slipway/errors'
import { run } from '@slipway/process'
import { foldersOf, type Lab, namesOf } from './lab.ts'
import { busyRanges } from './network/busy.ts'
import { overlaps, parseRange, pickRange } from './network/range.ts'
import { readLab } from './record.ts'
import { baseFolder } from './tree/base.ts'
import { debianPackages } from './tree/packages.ts'
import { type LabWish, wishProblems } from './wish.ts'

const GiB = 1024 ** 3
const BASE_BYTES = 0.6 * GiB
/** Half a GiB of Debian; the rest is room for a node's programs and images. */
const HOST_BYTES = 2.5 * GiB
const PROGRAM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Everything that would keep this lab from coming up on this machine, found without changing anything. */
export async function checkMachine(wish: LabWish): Promise<Problem[]> {
  const wrong = wishProblems(wish)
  if (wrong.length > 0) return wrong
  const first = [...rootProblems(), ...programProblems()]
  const space = await spaceProblems(wish)
  // without root and programs the rest can't be asked
  if (first.length > 0) return [...first, ...space]
  return [
    ...space,
    ...(await networkProblems(wish, await readLab(wish.dir))),
    ...(await firewallProblems(wish.name)),
  ]
}

function rootProblems(): Problem[] {
  if (process.getuid?.() === 0) return []
  return [
    {
      field: 'user',
      message: 'the lab makes hosts, which only root may',
      hint: 'Run it as root or by sudo.',
    },
  ]
}

function programProblems(): Problem[] {
  return debianPackages
    .filter(({ program }) => !PROGRAM_FOLDERS.some((folder) => existsSync(join(folder, program))))
    .map(({ name, program }) => ({
      field: program,
      message: `the program ${program} is missing`,
      hint: `Install it: apt-get install ${name}`,
    }))
}

async function spaceProblems({ dir, cacheDir, hosts }: LabWish): Promise<Problem[]> {
  const kinds = hosts.map(({ os = 'debian-12', firewall = 'none' }) => baseFolder(cacheDir, { os, firewall }))
  const bases = [...new Set(kinds)].filter((folder) => !existsSync(folder)).length * BASE_BYTES
  const trees = hosts.filter(({ name }) => !existsSync(foldersOf(dir).tree(name))).length * HOST_BYTES
  const [cache, data] = await Promise.all([freeBytes(cacheDir), freeBytes(dir)])
  const sameDisk = cache.disk === data.disk
  return [
    ...lack('cacheDir', cacheDir, { free: cache.free, needed: sameDisk ? bases + trees : bases }),
    ...(sameDisk ? [] : lack('dir', dir, { free: data.free, needed: trees })),
  ]
}

function lack(field: string, folder: string, { free, needed }: { free: number; needed: number }): Problem[] {
  if (free >= needed) return []
  const message = `${folder} has ${inGiB(free)} free, and ${inGiB(needed)} are needed`
  return [{ field, message, hint: 'Free some space, or name a folder on a larger disk.' }]
}

function inGiB(bytes: number): string {
  return `${(bytes / GiB).toFixed(1)} GiB`
}

/** Asks the nearest folder above that exists; `disk` tells file systems apart well enough for a sum. */
async function freeBytes(folder: string): Promise<{ free: number; disk: string }> {
  const there = nearestExisting(folder)
  const { bavail, bsize, blocks, type, files } = await statfs(there)
  return { free: bavail * bsize, disk: `${type}/${blocks}/${files}` }
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder))
}

async function networkProblems(wish: LabWish, recorded: Lab | undefined): Promise<Problem[]> {
  const own = namesOf(wish.name).bridge
  const busy = (await busyRanges()).filter(({ device }) => device !== own)
  const text = wish.network ?? recorded?.network
  const wanted = text === undefined ? pickRange(busy.map(({ range }) => range)) : parseRange(text)
  if (!wanted) {
    return [{ field: 'network', message: 'no /24 of 10.77.0.0 to 10.99.255.0 is free', hint: NETWORK_HINT }]
  }
  return busy
    .filter(({ range }) => overlaps(range, wanted))
    .slice(0, 1)
    .map((other) => ({
      field: 'network',
      message: `${text} overlaps ${other.text} of ${other.device}`,
      hint: NETWORK_HINT,
    }))
}

const NETWORK_HINT = 'Name a private range that nothing on this machine uses, such as 172.30.9.0/24.'

type Chain = { family: string; table: string; name: string; hook?: string; policy?: string }

/** A firewall that drops by default also drops what the lab's own table accepts. */
async function firewallProblems(lab: string): Promise<Problem[]> {
  const { stdout } = await run(['nft', '--json', 'list', 'chains'])
  const chains = (JSON.parse(stdout || '{"nftables":[]}') as { nftables: { chain?: Chain }[] }).nftables
  return chains
    .flatMap(({ chain }) => chain ?? [])
    .filter(({ hook, policy }) => policy === 'drop' && (hook === 'forward' || hook === 'input'))
    .map(({ family, table, name }) => ({
      field: 'firewall',
      message: `the chain ${family} ${table} ${name} drops what it does not know, so also the lab's packets`,
      hint: `Let the interface ${namesOf(lab).bridge} through there, with its default policy set to accept while the lab is up.`,
    }))
}
