import { spawn } from 'node:child_process'
import { closeSync, fchownSync, openSync } from 'node:fs'
import { unavailable } from '@slipway/errors'
import type { RunOptions } from './child.ts'
import { environment } from './environment.ts'

/**
 * Starts a program that outlives this one, in a session of its own, its output appended to `logFile`. Answers its pid.
 */
export async function startDetached(
  argv: readonly string[],
  options: Pick<RunOptions, 'cwd' | 'env' | 'uid' | 'gid'> & { logFile: string },
): Promise<number> {
  const [file = '', ...args] = argv
  const { logFile, cwd, env, uid, gid } = options
  const log = openSync(logFile, 'a', 0o640)
  try {
    // Whoever runs it may read what it said, and no more people than before.
    if (uid !== undefined && gid !== undefined) fchownSync(log, uid, gid)
    const child = spawn(file, args, {
      cwd,
      env: environment(env),
      uid,
      gid,
      detached: true,
      stdio: ['ignore', log, log],
    })
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    child.unref()
    return child.pid ?? -1
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw unavailable(file, `${file} did not start: ${why}`, 'Check that it is there and may be run.', cause)
  } finally {
    closeSync(log)
  }
}
