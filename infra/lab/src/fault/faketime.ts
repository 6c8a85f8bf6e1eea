import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bug } from '@slipway/errors'
import { run } from '@slipway/process'
import { withLock } from '../lock.ts'
import { downloadDebs } from './debs.ts'
import type { FaultPlace } from './fault.ts'

/** The library of the host's own release, from Debian's package; fetched once into the cache. */
export async function faketime(place: FaultPlace): Promise<string> {
  const { host, cacheDir, signal } = place
  const folder = join(cacheDir, 'lab', `faketime-${host.os}`)
  const library = join(folder, 'libfaketime.so.1')
  if (existsSync(library)) return library
  const work = () => fetchLibrary(place, folder)
  await withLock(`faketime ${folder}`, async () => (existsSync(library) ? undefined : work()), signal)
  return library
}

async function fetchLibrary(place: FaultPlace, folder: string): Promise<void> {
  const fetching = `${folder}.fetching`
  await rm(fetching, { recursive: true, force: true })
  const [deb = ''] = await downloadDebs(place, ['libfaketime'], fetching)
  await run(['dpkg-deb', '--extract', deb, join(fetching, 'tree')], { signal: place.signal })
  const found = await readdir(join(fetching, 'tree/usr/lib'), { recursive: true })
  const library = found.find((path) => path.endsWith('/libfaketime.so.1'))
  if (!library) throw bug(`Debian's libfaketime for ${place.host.os} holds no libfaketime.so.1`)
  await mkdir(join(fetching, 'done'))
  const original = await readFile(join(fetching, 'tree/usr/lib', library))
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
