import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { precondition } from '@slipway/errors'
import { run, start } from '@slipway/process'
import { digestFile } from './digest.ts'
import type { UpstreamEnvironment } from './environment.ts'

/** A package as the archive's signed index names it. `file` is its name in the pool, without an epoch. */
export type Deb = { name: string; file: string; sha256: string; bytes: number }

/** A view of Debian's archive for one suite that knows nothing of what this machine has installed. */
export type Apt = {
  /** What installing these would fetch: onto nothing, or onto a `minimal` host. */
  closure: (names: readonly string[], minimal: 'on-nothing' | 'on-minimal-host') => Promise<Deb[]>
  /** Downloads packages of a closure into a folder and holds them against the index. */
  download: (debs: readonly Deb[], into: string) => Promise<void>
}

type Place = { dir: string; suite: string; arch: string; env: UpstreamEnvironment; signal: AbortSignal }

/** The packages of `debootstrap --variant=minbase`, as apt resolves them. */
const minimalHost = ['?priority(required)', 'apt', 'usr-is-merged']

/** Sets up a private apt in a folder and reads the indexes of a suite: about two seconds. */
export async function openApt({ dir, suite, arch, env, signal }: Place): Promise<Apt> {
  const folders = ['lists/partial', 'cache/archives/partial', 'etc/apt.conf.d', 'etc/preferences.d']
  await Promise.all(folders.map((folder) => mkdir(join(dir, folder), { recursive: true })))
  await writeFile(join(dir, 'status'), '')
  await writeFile(join(dir, 'apt.conf'), configuration(dir, arch, env))
  await writeFile(join(dir, 'etc', 'sources.list'), await sources(suite, env))
  const options = { cwd: dir, env: { ...env, APT_CONFIG: join(dir, 'apt.conf') }, signal }
  await run(['apt-get', 'update', '--quiet', '--error-on=any'], options)

  async function onNothing(names: readonly string[]): Promise<Map<string, Deb & { wanted: string }>> {
    const argv = ['apt-get', 'install', '--print-uris', '--yes', '-qq', ...names]
    const { stdout } = await run(argv, options)
    const debs = stdout.split('\n').flatMap((line) => parseUri(line) ?? [])
    return new Map(debs.map((deb) => [deb.name, deb]))
  }

  const pins = new Map<string, string>()
  return {
    closure: async (names, minimal) => {
      const there = minimal === 'on-nothing' ? new Map() : await onNothing(minimalHost)
      const all = await onNothing(minimal === 'on-nothing' ? names : [...minimalHost, ...names])
      const lacking = [...all.values()].filter(({ name }) => !there.has(name))
      for (const { name, wanted } of lacking) pins.set(name, wanted)
      return lacking.map(({ name, file, sha256, bytes }) => ({ name, file, sha256, bytes }))
    },
    download: async (debs, into) => {
      if (debs.length === 0) return
      await mkdir(into, { recursive: true })
      await run(['apt-get', 'download', '--quiet', ...debs.map(({ name }) => name)], {
        ...options,
        cwd: into,
      })
      for (const deb of debs) {
        await rename(join(into, pins.get(deb.name) ?? deb.file), join(into, deb.file))
        const { sha256 } = await digestFile(join(into, deb.file))
        if (sha256 !== deb.sha256) throw changed(deb, sha256)
      }
    },
  }
}

/** `'<uri>' <name_version_arch.deb> <bytes> SHA256:<digest>` */
export function parseUri(line: string): (Deb & { wanted: string }) | undefined {
  const [, uri, wanted, bytes, sha256] = /^'([^']+)' (\S+) (\d+) SHA256:([0-9a-f]{64})$/.exec(line) ?? []
  if (!uri || !wanted || !bytes || !sha256) return undefined
  const name = wanted.slice(0, wanted.indexOf('_'))
  return {
    name,
    wanted,
    file: decodeURIComponent(basename(new URL(uri).pathname)),
    sha256,
    bytes: Number(bytes),
  }
}

function configuration(dir: string, arch: string, env: UpstreamEnvironment): string {
  const lines = {
    Dir: `${dir}/`,
    'Dir::State': dir,
    'Dir::State::lists': `${dir}/lists`,
    'Dir::State::status': `${dir}/status`,
    'Dir::State::extended_states': `${dir}/extended_states`,
    'Dir::Cache': `${dir}/cache`,
    'Dir::Etc': `${dir}/etc`,
    'Dir::Bin::methods': '/usr/lib/apt/methods',
    'APT::Architecture': arch,
    'APT::Architectures': arch,
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::ForceHash': 'SHA256',
    'Acquire::Retries': '3',
    ...(env.SSL_CERT_FILE === undefined ? {} : { 'Acquire::https::CAInfo': env.SSL_CERT_FILE }),
  }
  return Object.entries(lines)
    .map(([key, value]) => `${key} "${value}";\n`)
    .join('')
}

/** Sources of a suite: the mirror that the operator names, else those of this machine's own Debian. */
async function sources(suite: string, env: UpstreamEnvironment): Promise<string> {
  const mirror = env.SLIPWAY_DEBIAN_MIRROR
  const security = env.SLIPWAY_DEBIAN_SECURITY_MIRROR
  const found = mirror ? named(mirror, security) : await ownSources()
  if (found.length > 0)
    return found.map(({ uri, tail }) => `deb ${signedBy} ${uri} ${suite}${tail} main\n`).join('')
  throw precondition([
    {
      field: 'SLIPWAY_DEBIAN_MIRROR',
      message: "no archive of Debian is known on this machine, and the nodes' packages come from there",
      hint: 'Set it to the URL of a Debian mirror.',
    },
  ])
}

const signedBy = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
type Source = { uri: string; tail: string }

function named(mirror: string, security: string | undefined): Source[] {
  const main = ['', '-updates'].map((tail) => ({ uri: mirror, tail }))
  return security ? [...main, { uri: security, tail: '-security' }] : main
}

async function ownSources(): Promise<Source[]> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const codename = /^VERSION_CODENAME="?([a-z]+)/m.exec(release)?.[1] ?? ''
  const format = '$(CREATED_BY) $(COMPONENT) $(RELEASE) $(REPO_URI)'
  const { exitCode, stdout } = await start(['apt-get', 'indextargets', '--format', format]).ended
  if (exitCode !== 0 || codename === '') return []
  return stdout.split('\n').flatMap((line) => {
    const [by, component, suite, uri] = line.split(' ')
    if (by !== 'Packages' || component !== 'main' || !suite?.startsWith(codename) || !uri) return []
    return [{ uri, tail: suite.slice(codename.length) }]
  })
}

function changed(deb: Deb, found: string) {
  return precondition([
    {
      field: deb.file,
      message: `has SHA-256 ${found}, but the archive's signed index says ${deb.sha256}`,
      hint: 'Nothing of it is used. Fetch again.',
    },
  ])
}
