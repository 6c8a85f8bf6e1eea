import { Run } from '@slipway/contracts/run/v1/run'
import {
  type RunServiceServer,
  RunServiceService,
  type StartRunRequest,
} from '@slipway/contracts/run/v1/run_service'
import { notFound } from '@slipway/errors'
import { implement, serve } from '@slipway/rpc'
import { seal } from '@slipway/secrets'
import { readMaterial } from '@slipway/service'
import { createLog } from '@slipway/telemetry'
import type { Platform } from '@slipway/testing'

/** What came of a run: how each host and the whole ended. */
type Outcome = {
  state?: 'succeeded' | 'failed'
  failure?: { message: string; host?: string; retryable?: boolean }
  hosts?: { name: string; unreachable?: boolean; result?: unknown; message?: string }[]
  /** Handed over to cluster-manager by name. */
  exports?: Record<string, string>
}

/** A RunService that runs nothing: a test says what comes of each playbook. */
export type FakeRunner = {
  address: string
  /** Every request that started a run, in order. */
  started: StartRunRequest[]
  cancelled: string[]
  /** What comes of a playbook from now on; it may wait. */
  on: (playbook: string, outcome: (request: StartRunRequest, signal: AbortSignal) => Promise<Outcome>) => void
  stop: () => Promise<void>
}

/** Starts one on loopback with ansible-runner's own certificate. */
export async function startFakeRunner(platform: Platform): Promise<FakeRunner> {
  const { tls, publicKeys } = await readMaterial('ansible-runner', platform.foundation('ansible-runner'))
  const outcomes = new Map<string, (request: StartRunRequest, signal: AbortSignal) => Promise<Outcome>>()
  const runs = new Map<string, { run: Run; ended: Promise<void>; controller: AbortController }>()
  const started: StartRunRequest[] = []
  const cancelled: string[] = []

  function begin(request: StartRunRequest): Run {
    const id = `${request.operation}.${request.step}.${request.attempt}`
    const known = runs.get(id)
    if (known) return known.run
    started.push(request)
    const run = Run.fromPartial({
      id,
      project: request.project,
      playbook: request.playbook,
      state: 'running',
    })
    const controller = new AbortController()
    runs.set(id, { run, controller, ended: carryOut(run, request, controller.signal) })
    return run
  }

  async function carryOut(run: Run, request: StartRunRequest, signal: AbortSignal): Promise<void> {
    run.startedAt = new Date()
    const aborted = new Promise<'cancelled'>((resolve) => {
      signal.addEventListener('abort', () => resolve('cancelled'), { once: true })
    })
    const nothing: Outcome = {}
    const work = outcomes.get(request.playbook)?.(request, signal) ?? Promise.resolve(nothing)
    const outcome = await Promise.race([work, aborted])
    if (outcome === 'cancelled') {
      run.state = 'cancelled'
      return
    }
    run.hosts = request.targets.map((target) => {
      const said = outcome.hosts?.find(({ name }) => name === target.name)
      return {
        ...{ host: target.name, ok: 1, changed: 0, failed: said?.message ? 1 : 0, presentedHostKey: '' },
        ...{ unreachable: said?.unreachable ?? false, message: said?.message ?? '', resultAt: new Date() },
        resultJson: said?.result === undefined ? '' : JSON.stringify(said.result),
      }
    })
    const sealed = Object.entries(outcome.exports ?? {}).map(async ([field, text]) => {
      const where = { project: request.project, object: request.operation, field }
      return [field, await seal(publicKeys, 'cluster-manager', text, where)] as const
    })
    run.exports = Object.fromEntries(await Promise.all(sealed))
    if (outcome.failure) {
      const empty = { code: 'Precondition', host: '', task: 'a task', hint: 'Mend it.', retryable: false }
      run.failure = { ...empty, ...outcome.failure }
    }
    run.endedAt = new Date()
    run.state = outcome.state ?? (outcome.failure ? 'failed' : 'succeeded')
  }

  const find = (id: string) => {
    const known = runs.get(id)
    if (!known) throw notFound('run', id)
    return known
  }
  const service = implement<RunServiceServer>(RunServiceService, {
    startRun: async (request) => begin(request),
    getRun: async ({ id }) => find(id).run,
    waitRun: async ({ id }) => {
      await find(id).ended
      return find(id).run
    },
    cancelRun: async ({ id }) => {
      cancelled.push(id)
      find(id).controller.abort()
      return find(id).run
    },
  })
  const log = createLog('fake-runner', 'warn')
  const server = await serve({ listen: '127.0.0.1:0', tls, services: [service], log })
  return {
    address: server.address,
    started,
    cancelled,
    on: (playbook, outcome) => void outcomes.set(playbook, outcome),
    stop: server.stop,
  }
}
