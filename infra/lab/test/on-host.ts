import { start } from '@slipway/process'
import type { LabHost } from '../src/index.ts'

/** Runs a command as a person would: by the ssh of this machine, with nothing trusted but the lab's own keys. */
export function tryOnHost(host: LabHost, command: string, input = '') {
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${host.knownHostsFile}`,
    'ConnectTimeout=2',
  ]
  const flags = options.flatMap((option) => ['-o', option])
  const argv = ['ssh', '-F', 'none', ...flags, '-i', host.sshKeyFile, `${host.user}@${host.address}`, command]
  return start(argv, { input, deadlineMs: 30_000 }).ended
}

/** The same for a command that has to succeed; answers what it printed. */
export async function onHost(host: LabHost, command: string, input = ''): Promise<string> {
  const ending = await tryOnHost(host, command, input)
  if (ending.exitCode !== 0) throw new Error(`${command} on ${host.name}: ${ending.stderr}`)
  return ending.stdout
}

/** A command that says open or silent, and needs nothing but python3. */
export function probe(address: string, port: number): string {
  return `python3 -c 'import socket
try: socket.create_connection(("${address}", ${port}), 0.5); print("open")
except TimeoutError: print("silent")
except ConnectionRefusedError: print("closed")'`
}
