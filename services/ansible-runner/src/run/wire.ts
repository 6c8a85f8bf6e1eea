import { Run as WireRun } from '@slipway/contracts/run/v1/run'
import type {
  StartRunRequest,
  Jump as WireJump,
  Login as WireLogin,
  Target as WireTarget,
} from '@slipway/contracts/run/v1/run_service'
import { invalid } from '@slipway/errors'
import type { Json } from '../playbook/unsafe.ts'
import type { Jump, Login, Order, Target } from './order.ts'
import type { Run } from './run.ts'

const DEADLINE_SECONDS = 3_600
const SSH_PORT = 22

/** A request as an order; Invalid when its JSON is none. */
export function orderOf(request: StartRunRequest): Order {
  return {
    project: request.project,
    operation: request.operation,
    step: request.step,
    attempt: request.attempt,
    playbook: request.playbook,
    targets: request.targets.map(targetOf),
    variables: objectOf('variables_json', request.variablesJson),
    secrets: Object.entries(request.secrets).map(([name, secret]) => ({ name, ...secret })),
    deadlineSeconds: request.deadlineSeconds || DEADLINE_SECONDS,
    check: request.check,
    quiet: request.quiet,
  }
}

/** A run as it is answered. */
export function toWire(run: Run): WireRun {
  // Rows from before there was a time have none.
  const hosts = run.hosts.map((host) => ({
    ...host,
    resultAt: host.resultAt ? new Date(host.resultAt) : undefined,
  }))
  return WireRun.fromPartial({ ...run, hosts })
}

/** A jump host as it is asked for. */
export function jumpOf({ address, port, login, hostKeys }: WireJump): Jump {
  return { address, port: port || SSH_PORT, login: loginOf(login), hostKeys }
}

function targetOf(target: WireTarget, index: number): Target {
  return {
    name: target.name,
    address: target.address,
    port: target.port || SSH_PORT,
    login: loginOf(target.login),
    jump: target.jump ? jumpOf(target.jump) : undefined,
    hostKeys: target.hostKeys,
    variables: objectOf(`targets[${index}].variables_json`, target.variablesJson),
  }
}

function loginOf(login: WireLogin | undefined): Login {
  const { credential, user, kind, password, privateKey, passphrase, sudoPassword } = login ?? nobody
  return { credential, user, kind, password, privateKey, passphrase, sudoPassword }
}

const nobody = {
  credential: '',
  user: '',
  kind: '',
  password: '',
  privateKey: '',
  passphrase: '',
  sudoPassword: '',
}

function objectOf(field: string, text: string): { [name: string]: Json } {
  if (text === '') return {}
  const value = parsed(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw invalid([{ field, message: 'is no JSON object', hint: 'Send an object of variables.' }])
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
