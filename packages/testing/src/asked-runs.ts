import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { StartRunRequest } from '@slipway/contracts/run/v1/run_service'
import { open, type ServiceKey, serviceKey } from '@slipway/secrets'
import { connectDatabase } from './database.ts'

type Json = Record<string, unknown>

/** What ansible-runner was asked to play: variables of all hosts with the secrets among them, and of each host by name. */
export type AskedRun = { variables: Json; hosts: Record<string, Json> }

const LOOK_MS = 100

/**
 * Reads from the runner's rows of an all-in-one what cluster-manager asks for, while it is played: afterwards it is gone.
 * Answers when each playbook was seen; `signal` ends the waiting with its reason.
 */
export async function askedRuns(
  { data, project, signal }: { data: string; project: string; signal: AbortSignal },
  playbooks: readonly string[],
): Promise<Map<string, AskedRun>> {
  const seed = await readFile(join(data, 'keys/ansible-runner.seed'), 'utf8')
  const key = await serviceKey('ansible-runner', seed.trim())
  const database = await connectDatabase(data)
  const seen = new Map<string, AskedRun>()
  try {
    for (;;) {
      const missing = playbooks.filter((playbook) => !seen.has(playbook))
      if (missing.length === 0) return seen
      const { rows } = await database.query<{ playbook: string; request: Buffer }>(
        'SELECT playbook, request FROM ansible_runner.run WHERE project = $1 AND playbook = ANY($2) AND request IS NOT NULL',
        [project, missing],
      )
      for (const { playbook, request } of rows) seen.set(playbook, await opened(key, request))
      await pause(LOOK_MS, undefined, { signal })
    }
  } finally {
    await database.end()
  }
}

async function opened(key: ServiceKey, bytes: Buffer): Promise<AskedRun> {
  const request = StartRunRequest.decode(bytes)
  const variables: Json = JSON.parse(request.variablesJson)
  for (const [name, { sealed, object, field }] of Object.entries(request.secrets)) {
    put(variables, name.split('.'), await open(key, sealed, { project: request.project, object, field }))
  }
  const hosts = request.targets.map(({ name, variablesJson }) => [name, JSON.parse(variablesJson)])
  return { variables, hosts: Object.fromEntries(hosts) }
}

/** Puts a secret where its dotted name says. */
function put(variables: Json, [name = '', ...rest]: string[], text: string): void {
  if (rest.length === 0) variables[name] = text
  else {
    variables[name] ??= {}
    put(variables[name] as Json, rest, text)
  }
}
