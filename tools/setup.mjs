// What `npm run demo` and `npm test` run first, with whatever Node (20 or newer) the machine has and nothing installed:
// checks the machine, brings in Debian's packages, pnpm, the workspace, generated code, the unprivileged user and
// Ansible, and hands over to Node 24. Every step looks first: a second run takes about two seconds.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const cache = process.env.SLIPWAY_CACHE ?? join(homedir(), '.cache/slipway')
const state = '/var/lib/slipway'
const [command = 'demo', ...rest] = process.argv.slice(2)
const began = Date.now()
const inputs = {}
const isRoot = process.getuid() === 0
// Simulated hosts and a real API server: what is shown of Slipway where there is no root.
const onFleet = command === 'demo' && rest.includes('--fleet')

const PNPM = 'pnpm@12.21.0'
const USER = 'slipway'
const NEEDED_GIB = 12
// debootstrap … nftables: the lab. gcc … pkg-config: artifacts that are built. python3-venv, openssh: Ansible.
const PACKAGES = {
  ...(onFleet
    ? { python3: '/usr/bin/python3' }
    : {
        debootstrap: '/usr/sbin/debootstrap',
        'systemd-container': '/usr/bin/systemd-nspawn',
        nftables: '/usr/sbin/nft',
        iproute2: '/usr/sbin/ip',
        'python3-venv': '/usr/share/doc/python3-venv',
      }),
  gcc: '/usr/bin/gcc',
  'libc6-dev': '/usr/include/stdio.h',
  'libseccomp-dev': '/usr/include/seccomp.h',
  'pkg-config': '/usr/bin/pkg-config',
  'openssh-client': '/usr/bin/ssh',
  'xz-utils': '/usr/bin/xz',
  'ca-certificates': '/etc/ssl/certs/ca-certificates.crt',
  // Tests of ansible-runner log in to an sshd of their own.
  // Those of the console look at it in a browser, also in Chinese.
  ...(command === 'test'
    ? {
        'openssh-server': '/usr/sbin/sshd',
        sudo: '/usr/bin/sudo',
        chromium: '/usr/bin/chromium',
        'fonts-wqy-microhei': '/usr/share/fonts/truetype/wqy/wqy-microhei.ttc',
      }
    : {}),
}

const quick = command === 'demo' && ['status', 'down'].some((verb) => rest.includes(verb))
if (!quick) {
  checkMachine()
  step('Debian packages', missingPackages().length > 0, installPackages)
  step('pnpm', !existsSync(pnpm()), installPnpm)
  step(
    'packages of the workspace',
    !fresh('install', ['pnpm-lock.yaml', 'pnpm-workspace.yaml']),
    installWorkspace,
  )
  generate()
  step(`user ${USER}`, isRoot && !userExists(), addUser)
  for (const name of { demo: onFleet ? [] : ['ansible'], test: ['ansible', 'ansible-lint'] }[command] ?? [])
    step(name, !existsSync(join(venv(name), 'whole')), () => installVenv(name))
}
if (!existsSync(node24())) fail('Nothing is set up here yet: run `npm run demo` first.')
handOver()

function checkMachine() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    fail('Slipway is set up on Linux on x86-64; this machine is another: use a Debian 12 machine.')
  if (!existsSync('/usr/bin/apt-get')) fail('apt-get is missing: use a Debian 12 machine.')
  if (!isRoot && !onFleet)
    fail(
      'Root is needed, as the lab makes hosts and a network: run the same command as root. Without root, `npm run demo -- --fleet` shows Slipway on simulated hosts. (`slipway up` on hosts of your own needs no root.)',
    )
  if (
    !isRoot &&
    spawnSync('unshare', ['--user', '--map-current-user', '--mount', '--pid', '--fork', 'true']).status
  )
    fail(
      'Playbooks run in namespaces of their own, and this machine lets nobody but root make them: set the sysctl kernel.unprivileged_userns_clone to 1, or leave the container that forbids them.',
    )
  const places = isRoot ? [cache, state] : [cache]
  for (const place of places) mkdirSync(place, { recursive: true, mode: 0o755 })
  for (const place of places) {
    const { bavail, bsize } = statfsSync(place)
    const gib = (bavail * bsize) / 2 ** 30
    if (gib < NEEDED_GIB)
      fail(
        `${place} has ${gib.toFixed(1)} GiB free and ${NEEDED_GIB} are needed: free some, or name another folder by SLIPWAY_CACHE.`,
      )
  }
}

function missingPackages() {
  return Object.entries(PACKAGES)
    .filter(([, path]) => !existsSync(path))
    .map(([name]) => name)
}

function installPackages() {
  if (!isRoot) fail(`Ask an administrator for: apt-get install ${missingPackages().join(' ')}`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  run(['apt-get', 'update', '-qq'], {
    env,
    hint: "Debian's packages can't be reached: check the network and /etc/apt/sources.list (a proxy goes into /etc/apt/apt.conf.d).",
  })
  run(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missingPackages()], {
    env,
    hint: 'apt-get failed: see its words above.',
  })
}

function pnpm() {
  return join(cache, PNPM, 'node_modules/.bin/pnpm')
}

function installPnpm() {
  run(['npm', 'install', '--silent', '--no-fund', '--no-audit', '--prefix', join(cache, PNPM), PNPM], {
    hint: "npm's registry can't be reached: check the network, or npm's settings for proxy and registry.",
  })
}

function installWorkspace() {
  run(
    [pnpm(), 'install', '--frozen-lockfile', '--reporter=append-only', '--config.confirmModulesPurge=false'],
    { hint: "npm's registry can't be reached, or the lockfile does not fit: see above." },
  )
  stamp('install')
}

/** Generated code, and the console of it. Turbo knows from its inputs whether anything is to be done. */
function generate() {
  const env = {
    PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  }
  run([join(root, 'node_modules/.bin/turbo'), 'run', '//#generate', 'build', '--output-logs=errors-only'], {
    env,
    quiet: true,
    hint: 'The generators failed: see above.',
  })
}

function userExists() {
  return readFileSync('/etc/passwd', 'utf8').includes(`\n${USER}:`)
}

function addUser() {
  run(['useradd', '--system', '--home-dir', state, '--shell', '/usr/sbin/nologin', USER], {
    hint: `Make the user ${USER} yourself.`,
  })
}

/** What goes into each virtual environment, pinned by digest. */
function requirementsOf(name) {
  return `infra/ansible/requirements${name === 'ansible' ? '' : '-lint'}.txt`
}

/** Keyed by what is installed, so that a change of the pins makes a new one. */
function venv(name) {
  return join(state, `${name}-${digest([requirementsOf(name)]).slice(0, 12)}`)
}

function installVenv(name) {
  const dir = venv(name)
  rmSync(dir, { recursive: true, force: true })
  run(['/usr/bin/python3', '-m', 'venv', dir], { hint: 'python3-venv is broken on this machine.' })
  const pip = [join(dir, 'bin/python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
  run([...pip, '--require-hashes', '-r', requirementsOf(name)], {
    hint: "PyPI can't be reached: check the network, or pip's settings for proxy and index.",
  })
  writeFileSync(join(dir, 'whole'), '')
}

function node24() {
  return join(root, 'node_modules/.bin/node')
}

/** Runs the program itself, in a place that the unprivileged user can read. */
function handOver() {
  const programs = { demo: ['packages/cli/src/demo/main.ts'], test: ['tools/test.ts'] }
  const program = programs[command] ?? fail(`There is no command ${command}: use demo or test.`)
  const env = {
    SLIPWAY_CACHE: cache,
    SLIPWAY_ANSIBLE_VENV: venv('ansible'),
    SLIPWAY_ANSIBLE_LINT: venv('ansible-lint'),
    SLIPWAY_BEGAN: String(began),
  }
  const argv = ['node_modules/.bin/node', ...program, ...rest]
  const place = reachable()
    ? argv
    : [
        'unshare',
        '--mount',
        '--propagation',
        'slave',
        join(root, 'tools/elsewhere.sh'),
        root,
        elsewhere(),
        ...argv,
      ]
  const { status, signal } = spawnSync(place[0], place.slice(1), {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      ...env,
      PATH: `${join(reachable() ? root : elsewhere(), 'node_modules/.bin')}:${process.env.PATH}`,
    },
  })
  process.exit(status ?? (signal ? 130 : 1))
}

/** Whether the unprivileged user can read this checkout; under a home folder of root it can't. */
function reachable() {
  const argv = ['--reuid', USER, '--regid', USER, '--clear-groups', 'test', '-r', join(root, 'package.json')]
  return !isRoot || !userExists() || spawnSync('setpriv', argv).status === 0
}

/** Where the checkout is shown to the unprivileged user when it can't be read in place. */
function elsewhere() {
  return join('/run/slipway', createHash('sha256').update(root).digest('hex').slice(0, 12))
}

function step(name, needed, work) {
  if (!needed) return
  const start = Date.now()
  process.stdout.write(`· ${name} …\n`)
  work()
  process.stdout.write(`  ${name}: ${((Date.now() - start) / 1000).toFixed(1)} s\n`)
}

function digest(paths) {
  const hash = createHash('sha256')
  for (const path of paths) hash.update(path).update(readFileSync(join(root, path)))
  return hash.digest('hex')
}

function fresh(name, paths) {
  inputs[name] = digest(paths)
  const known = join(root, 'node_modules/.slipway', name)
  return existsSync(known) && readFileSync(known, 'utf8') === inputs[name]
}

function stamp(name) {
  mkdirSync(join(root, 'node_modules/.slipway'), { recursive: true })
  writeFileSync(join(root, 'node_modules/.slipway', name), inputs[name])
}

function run([program, ...args], { env = {}, quiet = false, hint }) {
  const { status, signal, error, stdout } = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', quiet ? 'pipe' : 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  })
  if (signal === 'SIGINT') process.exit(130)
  if (status !== 0) {
    if (stdout) process.stderr.write(stdout)
    fail(`${program} ${args[0] ?? ''} failed${error ? ` (${error.message})` : ''}: ${hint}`)
  }
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
