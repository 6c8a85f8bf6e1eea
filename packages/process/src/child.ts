import { createInterface } from 'node:readline'
import { unavailable } from '@slipway/errors'
import { execa, type ResultPromise } from 'execa'
import { environment } from './environment.ts'

/** How a child ended; success and failure have one shape. `exitCode` is -1 when a signal or a spawn error ended it. */
export type Ending = {
  exitCode: number
  signal: string | undefined
  stdout: string
  stderr: string
  /** What ended it first. */
  cause: 'exit' | 'signal' | 'deadline' | 'cancelled' | 'spawn'
}

/** What a child is given. `env` replaces the environment but for PATH, HOME and LANG, so that nothing leaks in. */
export type RunOptions = {
  cwd?: string
  env?: Record<string, string>
  /** Written to standard input, which is then closed. Secrets go here, never into argv. */
  input?: string | Uint8Array
  signal?: AbortSignal
  deadlineMs?: number
  uid?: number
  gid?: number
  /** Called with each line as it comes. Of each stream the last 16 MiB are kept, however long a child talks. */
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void
}

/** A running child, in its own process group. */
export type Child = { pid: number; stdin: NodeJS.WritableStream | undefined; ended: Promise<Ending> }

const KEPT_BYTES = 16 * 1024 * 1024
const GRACE_MS = 5_000

/** Runs a command (an argv array, never a shell) to its end and throws Unavailable with its last words when it fails. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Ending> {
  const ending = await start(argv, options).ended
  if (ending.exitCode === 0) return ending
  const said = (ending.stderr.trim() || ending.stdout.trim()).split('\n').slice(-8).join('\n')
  throw unavailable(
    argv[0] ?? 'command',
    `${argv.slice(0, 3).join(' ')} ended by ${ending.cause} ${ending.signal ?? ending.exitCode}: ${said}`,
    'Read the words above; the command can be run again.',
  )
}

/** Starts a command in a process group of its own. `ended` never rejects. */
export function start(argv: readonly string[], options: RunOptions = {}): Child {
  const [file, ...args] = argv
  if (!file) throw new TypeError('an argv needs a program')
  const child = execa(file, args, {
    cwd: options.cwd,
    env: environment(options.env),
    extendEnv: false,
    input: options.input,
    stdin: options.input === undefined ? 'ignore' : undefined,
    reject: false,
    detached: true,
    cleanup: false,
    // execa would end whoever says more than it keeps: a server that logs is ended by its own words one day.
    buffer: false,
    uid: options.uid,
    gid: options.gid,
  })
  forwardLines(child, options)
  const said = { stdout: keepLast(child.stdout), stderr: keepLast(child.stderr) }
  return { pid: child.pid ?? -1, stdin: child.stdin ?? undefined, ended: raceEndings(child, said, options) }
}

/** Stops a whole process group: interrupt, then terminate, then kill; resolves when the leader is gone. */
export async function stop(child: Child, graceMs = GRACE_MS): Promise<Ending> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    if (!signalGroup(child.pid, signal)) break
    const ending = await within(child.ended, graceMs)
    if (ending) return ending
  }
  return child.ended
}

function forwardLines(child: ResultPromise, { onLine }: RunOptions): void {
  if (!onLine) return
  for (const stream of ['stdout', 'stderr'] as const) {
    const source = child[stream]
    if (source) createInterface({ input: source }).on('line', (line) => onLine(line, stream))
  }
}

/** Gathers what a stream says and answers the end of it, without the last line break. */
function keepLast(stream: NodeJS.ReadableStream | null | undefined): () => string {
  const kept: Buffer[] = []
  let bytes = 0
  stream?.on('data', (chunk: Buffer) => {
    kept.push(chunk)
    bytes += chunk.length
    while (bytes - (kept[0]?.length ?? 0) >= KEPT_BYTES) bytes -= kept.shift()?.length ?? 0
  })
  return () =>
    Buffer.concat(kept)
      .toString()
      .replace(/\r?\n$/, '')
}

async function raceEndings(
  child: ResultPromise,
  said: Record<'stdout' | 'stderr', () => string>,
  options: RunOptions,
): Promise<Ending> {
  let cause: Ending['cause'] | undefined
  const end = (why: 'deadline' | 'cancelled') => {
    cause ??= why
    escalate(child.pid ?? -1)
  }
  const cancelled = () => end('cancelled')
  if (options.signal?.aborted) cancelled()
  options.signal?.addEventListener('abort', cancelled, { once: true })
  const deadline = options.deadlineMs ? setTimeout(() => end('deadline'), options.deadlineMs) : undefined
  const result = await child
  clearTimeout(deadline)
  options.signal?.removeEventListener('abort', cancelled)
  return {
    exitCode: result.exitCode ?? -1,
    signal: result.signal,
    stdout: said.stdout(),
    stderr: said.stderr() || (result.exitCode === undefined ? (result.shortMessage ?? '') : ''),
    cause: cause ?? (result.signal ? 'signal' : result.exitCode === undefined ? 'spawn' : 'exit'),
  }
}

/** Interrupts the group at once, terminates and kills it when it lingers. */
function escalate(pid: number): void {
  signalGroup(pid, 'SIGINT')
  setTimeout(() => signalGroup(pid, 'SIGTERM'), GRACE_MS).unref()
  setTimeout(() => signalGroup(pid, 'SIGKILL'), 2 * GRACE_MS).unref()
}

/** Answers whether there was still somebody to signal. */
function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  if (pid <= 1) return false
  try {
    return process.kill(-pid, signal)
  } catch {
    return false
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  const first = await Promise.race([promise, late])
  clearTimeout(timer)
  return first
}
