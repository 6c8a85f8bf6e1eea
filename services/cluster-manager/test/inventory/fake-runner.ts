import { type HostResult, Run } from '@slipway/contracts/run/v1/run'
import {
  type RunServiceServer,
  RunServiceService,
  type StartRunRequest,
} from '@slipway/contracts/run/v1/run_service'
import { notFound, unavailable } from '@slipway/errors'
import { implement, serve, type Tls } from '@slipway/rpc'
import type { Log } from '@slipway/telemetry'

/** A RunService that starts no process: its hosts answer what a test says they do. */
export type FakeRunner = {
  address: string
  /** Every run that was asked for, once for each key. */
  started: StartRunRequest[]
  /** What a host answers, by address; one without an answer is unreachable. */
  answers: Map<string, Partial<HostResult>>
  /** Runs end only while it is open. */
  gate: { open: () => void; shut: () => void }
  /** Makes the next calls of StartRun fail. */
  refusals: number
  /** Makes the next runs end as if their runner had died. */
  deaths: number
  scanned: string[]
  /** The key that an address shows when it is scanned; one of its own unless a test says otherwise. */
  keys: Map<string, string>
  stop: () => Promise<void>
}

export const factsOf = (more: Record<string, unknown> = {}) =>
  JSON.stringify({
    slipway_facts: {
      os: { id: 'debian', version: '12', pretty: 'Debian GNU/Linux 12 (bookworm)' },
      kernel: '6.1.0',
      architecture: 'amd64',
      cpus: 2,
      memory_mib: 4096,
      machine_id: '0123456789abcdef0123456789abcdef',
      host_name: 'web-1',
      cgroup_version: 2,
      python_version: '3.11.2',
      swap: [],
      disks: [{ name: 'sda', bytes: 21_474_836_480, rotational: false, model: 'QEMU' }],
      routes: [{ destination: '10.9.0.0/24', gateway: '', device: 'eth0' }],
      ...more,
    },
  })

/** Serves it over mutual TLS on a free port. */
export async function startFakeRunner(tls: Tls, log: Log): Promise<FakeRunner> {
  const runs = new Map<string, StartRunRequest>()
  let opened = Promise.withResolvers<void>()
  opened.resolve()
  const fake: FakeRunner = {
    address: '',
    started: [],
    answers: new Map(),
    gate: {
      open: () => opened.resolve(),
      shut: () => {
        opened = Promise.withResolvers<void>()
      },
    },
    refusals: 0,
    deaths: 0,
    scanned: [],
    keys: new Map(),
    stop: async () => {
      opened.resolve()
      await server.stop()
    },
  }
  const idOf = ({ operation, step, attempt }: StartRunRequest) => `${operation}.${step}.${attempt}`
  const result = (target: StartRunRequest['targets'][number]): Partial<HostResult> => {
    const answer = fake.answers.get(target.address)
    return answer
      ? { host: target.name, ok: 1, resultAt: new Date(), ...answer }
      : { host: target.name, unreachable: true, message: `ssh: connect to host ${target.address}: timed out` }
  }
  const server = await serve({
    listen: '127.0.0.1:0',
    tls,
    log,
    services: [
      implement<RunServiceServer>(RunServiceService, {
        startRun: async (request) => {
          if (fake.refusals > 0) {
            fake.refusals--
            throw unavailable('ansible-runner', 'It starts up.', 'Wait.')
          }
          if (!runs.has(idOf(request))) fake.started.push(request)
          runs.set(idOf(request), request)
          return Run.fromPartial({ id: idOf(request), project: request.project, state: 'running' })
        },
        waitRun: async ({ project, id }, { signal }) => {
          const request = runs.get(id)
          if (request?.project !== project) throw notFound('run', id)
          const gone = new Promise((_, reject) =>
            signal.addEventListener('abort', () => reject(new Error('gone'))),
          )
          await Promise.race([opened.promise, gone])
          if (fake.deaths > 0) {
            fake.deaths--
            const hosts = request.targets.map(({ name }) => ({ host: name }))
            const failure = { code: 'Unavailable', message: 'The runner was stopped.', retryable: true }
            return Run.fromPartial({ id, project, state: 'failed', hosts, failure })
          }
          const hosts = request.targets.map(result)
          const state = hosts.every((host) => !host.unreachable) ? 'succeeded' : 'failed'
          return Run.fromPartial({ id, project, state, hosts })
        },
        getRun: async ({ project, id }) => Run.fromPartial({ id, project, state: 'running' }),
        scanHostKey: async ({ address }) => {
          fake.scanned.push(address)
          const own = `ssh-ed25519 ${Buffer.from(address).toString('base64')}`
          return { hostKeys: [fake.keys.get(address) ?? own], fingerprint: '' }
        },
      }),
    ],
  })
  fake.address = server.address
  return fake
}
