import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bug } from '@slipway/errors'
import { run } from '@slipway/process'
import type { HostOs } from '../lab.ts'
import { withLock } from '../lock.ts'
import { baseTree } from '../tree/base.ts'
import type { FaultPlace } from './fault.ts'

/** The library of the host's own release, from Debian's package; fetched once into the cache. */
export async function faketime({ host, cacheDir, proxy, signal }: FaultPlace): Promise<string> {
  const folder = join(cacheDir, 'lab', `faketime-${host.os}`)
  const library = join(folder, 'libfaketime.so.1')
  if (existsSync(library)) return library
  const base = await baseTree(host, { cacheDir, mirror: undefined, proxy, report: () => {}, signal })
  const work = () => fetchLibrary({ os: host.os, folder, base, proxy, signal })
  await withLock(`faketime ${folder}`, async () => (existsSync(library) ? undefined : work()), signal)
  return library
}

type Fetch = { os: HostOs; folder: string; base: string; proxy: Record<string, string>; signal?: AbortSignal }

/** By this machine's apt, but with the tree's sources and folders of its own: nothing of the machine's is touched. */
async function fetchLibrary({ os, folder, base, proxy, signal }: Fetch): Promise<void> {
  const fetching = `${folder}.fetching`
  await rm(fetching, { recursive: true, force: true })
  for (const path of ['lists/partial', 'archives/partial', 'out']) {
    await mkdir(join(fetching, path), { recursive: true })
  }
  const settings = {
    'Dir::Etc::SourceList': join(base, 'etc/apt/sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': join(fetching, 'lists'),
    'Dir::State::Status': '/dev/null',
    'Dir::Cache': fetching,
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
  }
  const apt = [
    'apt-get',
    '-q',
    ...Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
  ]
  const options = { env: proxy, cwd: join(fetching, 'out'), signal }
  await run([...apt, 'update'], options)
  await run([...apt, 'download', 'libfaketime'], options)
  const [deb = ''] = await readdir(options.cwd)
  await run(['dpkg-deb', '--extract', deb, 'tree'], options)
  const found = await readdir(join(options.cwd, 'tree/usr/lib'), { recursive: true })
  const library = found.find((path) => path.endsWith('/libfaketime.so.1'))
  if (!library) throw bug(`Debian's libfaketime for ${os} holds no libfaketime.so.1`)
  await mkdir(join(fetching, 'done'))
  const original = await readFile(join(options.cwd, 'tree/usr/lib', library))
  await writeFile(join(fetching, 'done/libfaketime.so.1'), withoutNanosleep(original))
  await rename(join(fetching, 'done'), folder)
  await rm(fetching, { recursive: true, force: true })
}

/**
 * libfaketime 0.9.10's own clock_nanosleep turns each of Python's sleeps into "Invalid argument" or a hang. Under a
 * name that nobody asks for it is out of the way: the first place where the name stands is the table of exports.
 */
function withoutNanosleep(library: Buffer): Buffer {
  const at = library.indexOf('\0clock_nanosleep\0')
  if (at < 0) throw bug('this libfaketime exports no clock_nanosleep')
  const changed = Buffer.from(library)
  changed.write('x', at + 1)
  return changed
}
