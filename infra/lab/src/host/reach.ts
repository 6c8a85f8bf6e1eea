import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { unavailable } from '@slipway/errors'
import { start } from '@slipway/process'
import { foldersOf, type Host, type Lab } from '../lab.ts'
import { until } from '../until.ts'

/** The port of every host's sshd. */
export const SSH_PORT = 22

const BOOT_MS = 60_000
const CONNECT_MS = 500

/** Waits until the host's user can really log in: sshd answers first, and lets people in a moment later. */
export async function waitForLogin(lab: Lab, host: Host, { pid, signal }: Starting): Promise<void> {
  const { log } = foldersOf(lab.dir)
  const look = async () => {
    if (!isAlive(pid)) throw await stoppedAtOnce(host, log(host.name))
    return (await answersSsh(host.address)) && (await logsIn(lab, host))
  }
  await until(look, {
    deadlineMs: BOOT_MS,
    what: `host ${host.name} (${host.address}) to let ${host.user} log in`,
    hint: `Read what the host said while it started: ${log(host.name)}`,
    signal,
  })
}

/** The options with which ssh reaches a host of the lab and trusts nothing but the keys it knows. */
function sshCommand(lab: Lab, host: Host): string[] {
  const { sshKey, knownHosts } = foldersOf(lab.dir)
  const options = {
    BatchMode: 'yes',
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: knownHosts,
    GlobalKnownHostsFile: '/dev/null',
    ConnectTimeout: '5',
  }
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  return ['ssh', '-F', 'none', ...flags, '-i', sshKey, '-p', String(SSH_PORT), `${host.user}@${host.address}`]
}

/** The process of a host that is starting. */
type Starting = { pid: number | undefined; signal?: AbortSignal | undefined }

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return true // somebody ended its keeper; nspawn itself runs
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function stoppedAtOnce(host: Host, log: string) {
  const said = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-8).join('\n')
  return unavailable(
    `host ${host.name}`,
    `It stopped while it started: ${said}`,
    `Its whole log is in ${log}`,
  )
}

async function logsIn(lab: Lab, host: Host): Promise<boolean> {
  const ending = await start([...sshCommand(lab, host), 'true'], { deadlineMs: 10_000 }).ended
  return ending.exitCode === 0
}

/** Whether something that speaks SSH answers; asked often, so it is cheaper than a login. */
function answersSsh(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: SSH_PORT })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(CONNECT_MS, () => end(false))
    socket.once('error', () => end(false)).once('close', () => end(false))
    socket.once('data', (chunk) => end(chunk.toString().startsWith('SSH-')))
  })
}
