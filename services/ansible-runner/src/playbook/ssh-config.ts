/** A host in the configuration of ssh. */
type Door = {
  /** Its alias, also in known_hosts. */
  name: string
  address: string
  port: number
  login: { user: string; kind: string }
  /** Pinned keys; none on first contact. */
  hostKeys: readonly string[]
  /** The name of its key in the agent. */
  key: string
  /** Alias of the jump host. */
  through: string | undefined
}

/**
 * The whole configuration of ssh for a run, below `folder`. Values were checked to be of narrow alphabets (run/order.ts).
 * The known-hosts program writes down which key each host shows, so that a first or a changed one can be told without
 * reading ssh's words.
 */
export function sshConfig(folder: string, doors: readonly Door[]): string {
  const all = [
    'Host *',
    `  IdentityAgent ${folder}/agent`,
    `  KnownHostsCommand ${folder}/bin/known-hosts %I %t %K %H`,
    '  GlobalKnownHostsFile /dev/null',
    '  IdentitiesOnly yes',
    '  CheckHostIP no',
    '  UpdateHostKeys no',
    '  HashKnownHosts no',
    '  VerifyHostKeyDNS no',
    '  GSSAPIAuthentication no',
    '  NumberOfPasswordPrompts 1',
    '  ConnectTimeout 15',
    '  LogLevel ERROR',
  ]
  return `${[...doors.flatMap((door) => block(folder, door)), ...all].join('\n')}\n`
}

function block(folder: string, { name, address, port, login, hostKeys, key, through }: Door): string[] {
  const pinned = hostKeys.length > 0
  return [
    `Host ${name}`,
    `  HostName ${address}`,
    `  Port ${port}`,
    `  User ${login.user}`,
    `  HostKeyAlias ${name}`,
    `  StrictHostKeyChecking ${pinned ? 'yes' : 'accept-new'}`,
    `  UserKnownHostsFile ${pinned ? '/dev/null' : `${folder}/added/${name}`}`,
    ...(login.kind === 'private-key'
      ? ['  PreferredAuthentications publickey', `  IdentityFile ${folder}/keys/${key}.pub`]
      : ['  PreferredAuthentications password,keyboard-interactive', '  PubkeyAuthentication no']),
    ...(through ? [`  ProxyCommand ${jumpCommand(folder, through)}`] : []),
    // one connection to a jump host serves all hosts behind it
    ...(name.startsWith('_jump')
      ? ['  ControlMaster auto', '  ControlPersist 60', `  ControlPath ${folder}/control/${name}`]
      : []),
  ]
}

/** ProxyJump would hand the target's password, which Ansible's own askpass answers with, to the jump host. */
function jumpCommand(folder: string, name: string): string {
  const env = `SSH_ASKPASS=${folder}/bin/askpass SSH_ASKPASS_REQUIRE=force SLIPWAY_ASKPASS=${folder}/passwords/${name}`
  return `env DISPLAY=- ${env} ssh -F ${folder}/ssh_config -W [%h]:%p ${name}`
}

/** Answers ssh and ssh-add with a file on the tmpfs; once, as they ask for ever where a passphrase is wrong. */
export const askpass = `#!/bin/sh
case "$1" in Bad*) exit 1 ;; esac
exec cat "$SLIPWAY_ASKPASS"
`

/** Notes the key that a host shows, and answers the ones that are pinned. */
export function knownHosts(folder: string): string {
  return `#!/bin/sh
# $1 what it is asked for, $2 and $3 the key that is shown, $4 the host's alias
if [ "$1" = HOSTNAME ]; then printf '%s %s\\n' "$2" "$3" > "${folder}/presented/$4"; fi
if [ -f "${folder}/pinned/$4" ]; then cat "${folder}/pinned/$4"; fi
`
}
