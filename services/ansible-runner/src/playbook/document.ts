import { join } from 'node:path'
import type { Login, Target } from '../run/order.ts'
import { aliasOf, jumpHosts } from './jump-host.ts'
import { askpass, knownHosts, sshConfig } from './ssh-config.ts'
import { type Json, unsafe } from './unsafe.ts'

/** Where everything of a run lives: a tmpfs of its own, the same path in every run. */
const FOLDER = '/dev/shm/slipway'

/** What launcher/launch.py reads from its standard input, but for the socket. */
export type Document = {
  folder: string
  files: { path: string; text: string; mode: number }[]
  keys: { name: string; label: string; text: string; passphrase: string }[]
  argv: string[]
  env: Record<string, string>
}

/** A target whose secrets were opened. */
export type OpenTarget = Omit<Target, 'hostKeys' | 'variables'> & {
  hostKeys: string[]
  variables: { [name: string]: Json }
}

/** Everything that a playbook run needs, secrets in plain text: it goes into a pipe and nowhere else. */
export function playbookDocument(options: {
  venv: string
  playbooks: string
  playbook: string
  targets: readonly OpenTarget[]
  variables: { [name: string]: Json }
  secrets: ReadonlyMap<string, string>
  check: boolean
}): Document {
  const { venv, playbooks, playbook, targets, check } = options
  const variables = withSecrets(options.variables, options.secrets)
  const base = sshDocument(targets)
  return {
    ...base,
    files: [
      ...base.files,
      { path: 'inventory.json', text: JSON.stringify(inventory(targets)), mode: 0o600 },
      { path: 'vars.json', text: JSON.stringify(unsafe(variables)), mode: 0o600 },
    ],
    argv: [
      join(venv, 'bin/ansible-playbook'),
      ...['--inventory', `${FOLDER}/inventory.json`, '--extra-vars', `@${FOLDER}/vars.json`],
      ...(check ? ['--check'] : []),
      join(playbooks, playbook),
    ],
    env: {
      ...base.env,
      PATH: `${join(venv, 'bin')}:${base.env.PATH}`,
      ANSIBLE_CONFIG: join(playbooks, 'ansible.cfg'),
      ANSIBLE_HOME: `${FOLDER}/home`,
      ANSIBLE_LOCAL_TEMP: `${FOLDER}/tmp`,
      ANSIBLE_STDOUT_CALLBACK: 'slipway',
      ANSIBLE_INVENTORY_ENABLED: 'yaml',
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_SSH_COMMON_ARGS: `-F ${FOLDER}/ssh_config`,
      ANSIBLE_SSH_CONTROL_PATH_DIR: `${FOLDER}/control`,
      ANSIBLE_SSH_PASSWORD_MECHANISM: 'ssh_askpass',
    },
  }
}

/** Logs in nowhere: ssh asks a host for its key and gives up. */
export function scanDocument(target: OpenTarget): Document {
  const base = sshDocument([target])
  const options = ['-o', 'PreferredAuthentications=none', '-o', 'BatchMode=yes']
  return {
    ...base,
    argv: ['ssh', '-F', `${FOLDER}/ssh_config`, ...options, target.name.toLowerCase(), 'true'],
  }
}

/** What ssh needs to reach the targets. */
function sshDocument(targets: readonly OpenTarget[]): Omit<Document, 'argv'> {
  const logins = new Map<string, Login>()
  const jumps = jumpHosts(targets)
  for (const { login, jump } of targets) {
    logins.set(login.credential, login)
    if (jump) logins.set(jump.login.credential, jump.login)
  }
  const names = new Map([...logins.keys()].map((credential, index) => [credential, `login${index}`]))
  const doors = [
    ...targets.map((target) => ({
      ...target,
      name: target.name.toLowerCase(),
      key: names.get(target.login.credential) ?? '',
      through: target.jump ? aliasOf(jumps, target.jump) : undefined,
    })),
    ...[...jumps].map(([name, jump]) => ({
      ...jump,
      name,
      key: names.get(jump.login.credential) ?? '',
      through: undefined,
    })),
  ]
  const secret = (path: string, text: string) => ({ path, text, mode: 0o600 })
  return {
    folder: FOLDER,
    files: [
      secret('ssh_config', sshConfig(FOLDER, doors)),
      ...doors
        .filter((door) => door.hostKeys.length > 0)
        .map((door) => {
          const lines = door.hostKeys.map((key) => `${door.name} ${key}\n`)
          return secret(`pinned/${door.name}`, lines.join(''))
        }),
      ...[...jumps].map(([name, jump]) => secret(`passwords/${name}`, jump.login.password)),
      { path: 'bin/askpass', text: askpass, mode: 0o700 },
      { path: 'bin/known-hosts', text: knownHosts(FOLDER), mode: 0o700 },
    ],
    keys: [...logins].flatMap(([credential, { kind, privateKey, passphrase }]) =>
      kind === 'private-key'
        ? [
            {
              name: names.get(credential) ?? '',
              label: `credential ${credential}`,
              text: privateKey,
              passphrase,
            },
          ]
        : [],
    ),
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
      HOME: `${FOLDER}/home`,
      TMPDIR: `${FOLDER}/tmp`,
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      PYTHONDONTWRITEBYTECODE: '1',
    },
  }
}

function inventory(targets: readonly OpenTarget[]): Json {
  const hosts = targets.map(({ name, login, variables }) => [
    name,
    {
      ...(unsafe(variables) as { [name: string]: Json }),
      ansible_connection: 'ssh',
      ansible_host: name.toLowerCase(),
      ...(login.password ? { ansible_password: unsafe(login.password) } : {}),
      ...(login.sudoPassword ? { ansible_become_password: unsafe(login.sudoPassword) } : {}),
    },
  ])
  return { all: { hosts: Object.fromEntries(hosts) } }
}

/** Puts each secret where its dotted name says: slipway_repo.token into the variable slipway_repo. */
function withSecrets(
  variables: { [name: string]: Json },
  secrets: ReadonlyMap<string, string>,
): { [name: string]: Json } {
  const whole = structuredClone(variables)
  for (const [name, text] of secrets) {
    const parts = name.split('.')
    const last = parts.pop() ?? name
    let at = whole
    for (const part of parts) {
      const inner = at[part]
      const next = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {}
      at[part] = next
      at = next
    }
    at[last] = text
  }
  return whole
}
