import { readFile } from 'node:fs/promises'
import { run } from '@slipway/process'
import { until } from './person.ts'
import type { World } from './world.ts'

/** Runs a shell script as root on a host of the world, by a login of the story's own, and answers what it printed. */
export async function asRoot(world: Pick<World, 'hosts'>, name: string, script: string): Promise<string> {
  const host = world.hosts.find((one) => one.name === name)
  if (!host) throw new TypeError(`the world has no host ${name}`)
  const { address, user, sshKeyFile, sudoPasswordFile } = host
  const password = sudoPasswordFile ? await readFile(sudoPasswordFile, 'utf8') : undefined
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR']
  // -k: with a remembered login sudo would leave the password to the shell.
  const root = password === undefined ? ['sudo', 'sh', '-es'] : ['sudo', '-k', '-S', '-p', "''", 'sh', '-es']
  const { stdout } = await run(
    ['ssh', ...options.flatMap((option) => ['-o', option]), '-i', sshKeyFile, `${user}@${address}`, ...root],
    { input: `${password ?? ''}${script}\n`, deadlineMs: 60_000 },
  )
  return stdout
}

/**
 * Gives a host new ssh keys, or its own ones back. Connections that are kept open would show the key of their beginning,
 * so all logins end, the one that asks for it too.
 */
export async function changeHostKeys(world: World, name: string, to: 'new' | 'own'): Promise<void> {
  const change =
    to === 'new'
      ? 'mkdir /root/keys; mv /etc/ssh/ssh_host_* /root/keys; ssh-keygen -qA'
      : 'mv /root/keys/* /etc/ssh; rmdir /root/keys'
  await asRoot(world, name, change)
  const restart = 'systemctl kill --kill-who=all ssh; systemctl restart ssh; touch /run/ssh-restarted'
  const cut = () => false
  await asRoot(world, name, `systemd-run --quiet sh -c '${restart}'`).catch(cut)
  const restarted = () => asRoot(world, name, 'rm /run/ssh-restarted').then(() => true, cut)
  await until(restarted, (done) => done)
}

/** Takes a port of a host as soon as it is free: the check of hosts holds those of nodes for a moment. */
export async function squat(world: World, name: string, port: string): Promise<void> {
  const again = '--property=Restart=on-failure --property=RestartSec=100ms --property=StartLimitIntervalSec=0'
  await asRoot(world, name, `systemd-run --unit=squatter ${again} python3 -m http.server ${port}`)
}

/** Lets go of it again; nothing happens where nobody has it. */
export async function endSquat(world: World, name: string): Promise<void> {
  await asRoot(world, name, 'if systemctl is-active --quiet squatter; then systemctl stop squatter; fi')
}
