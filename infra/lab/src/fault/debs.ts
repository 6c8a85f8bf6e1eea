import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '@slipway/process'
import { baseTree } from '../tree/base.ts'
import type { FaultPlace } from './fault.ts'

/**
 * Downloads Debian's packages for a host's release into `into` and answers their files. By this machine's apt, but with
 * the tree's sources and folders of its own: nothing of the machine's is touched.
 */
export async function downloadDebs(
  { host, cacheDir, proxy, signal }: FaultPlace,
  packages: readonly string[],
  into: string,
): Promise<string[]> {
  const base = await baseTree(host, { cacheDir, mirror: undefined, proxy, report: () => {}, signal })
  for (const path of ['lists/partial', 'archives/partial', 'out']) {
    await mkdir(join(into, path), { recursive: true })
  }
  const settings = {
    'Dir::Etc::SourceList': join(base, 'etc/apt/sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': join(into, 'lists'),
    'Dir::State::Status': '/dev/null',
    'Dir::Cache': into,
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
  }
  const apt = [
    'apt-get',
    '-q',
    ...Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
  ]
  const options = { env: proxy, cwd: join(into, 'out'), signal }
  await run([...apt, 'update'], options)
  await run([...apt, 'download', ...packages], options)
  return (await readdir(options.cwd)).map((name) => join(options.cwd, name))
}
