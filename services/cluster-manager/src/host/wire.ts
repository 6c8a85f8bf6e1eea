import type { Host as HostMessage } from '@slipway/contracts/host/v1/host'
import type {
  CreateHostRequest,
  ListHostsRequest,
  UpdateHostRequest,
} from '@slipway/contracts/host/v1/host_service'
import type { HostResult, Run } from '@slipway/contracts/run/v1/run'
import type { Jump, StartRunRequest, Target } from '@slipway/contracts/run/v1/run_service'
import type { Credential } from '../credential/credential.ts'
import { loginOf } from '../credential/wire.ts'
import { wavesOf } from '../flow/waves.ts'
import { readFacts } from './facts.ts'
import { type Host, type HostUpdate, type NewHost, SSH_PORT } from './host.ts'
import { fingerprintOf, readHostKeys } from './key.ts'
import type { ListRequest } from './list.ts'
import type { Answer } from './outcome.ts'

/** What people see of a host. */
export function hostMessage(host: Host): HostMessage {
  const { id, project, name, address, port, credential, profile, tags, state, stateReason } = host
  return {
    ...{ id, project, name, address, port, credential, profile, tags, state, stateReason },
    hostKey: fingerprintOf(host.hostKeys),
    presentedHostKey: fingerprintOf(host.presentedHostKeys),
    facts: host.facts,
    factsAt: host.factsAt ?? undefined,
    cluster: host.cluster ?? '',
    version: host.version,
    createdAt: host.createdAt,
  }
}

/** A host in a list: without what grows with the pods and nodes around it, as 500 of them go into one answer. */
export function listedHostMessage(host: Host): HostMessage {
  const { facts } = host
  return { ...hostMessage(host), facts: facts && { ...facts, interfaces: [], routes: [] } }
}

/** A request as the domain takes it, the port filled in. */
export function newHost(request: CreateHostRequest): NewHost {
  const { name, address, port, credential, profile, tags } = request
  return { name, address, port: port || SSH_PORT, credential, profile, tags: [...new Set(tags)] }
}

/** The fields that are given are the change. */
export function hostUpdate(request: UpdateHostRequest): HostUpdate {
  const { project, id, version, name, address, port, credential, tags } = request
  const change = {
    ...(name === undefined ? {} : { name }),
    ...(address === undefined ? {} : { address }),
    ...(port === undefined ? {} : { port }),
    ...(credential === undefined ? {} : { credential }),
    ...(tags === undefined ? {} : { tags: [...new Set(tags.values)] }),
  }
  return { project, id, version, change }
}

/** Which page of which hosts is asked for; an empty order is by name. */
export function listRequest(request: ListHostsRequest): ListRequest {
  const { project, pageSize, pageToken, orderBy, state, tag, cluster, search } = request
  const by = orderBy.replace('-', '') === 'address' ? 'place' : 'name'
  return {
    ...{ project, pageSize, pageToken },
    order: { by, descending: orderBy.startsWith('-') },
    filter: { state, tag, cluster, search },
  }
}

/**
 * A host for ansible-runner: how to log in, with the sealed secrets passed through as they are kept, the keys to
 * expect, and variables for this host only. `jumpCredential` is the one that `credential` jumps through.
 */
export function targetOf(
  host: Host,
  credential: Credential,
  jumpCredential: Credential | undefined,
  variables: Readonly<Record<string, unknown>> = {},
): Target {
  return {
    name: host.name,
    host: host.id,
    address: host.address,
    port: host.port,
    login: loginOf(credential),
    jump: jumpOf(credential, jumpCredential),
    hostKeys: host.hostKeys,
    variablesJson: JSON.stringify(variables),
  }
}

function jumpOf(credential: Credential, through: Credential | undefined): Jump | undefined {
  const { jumpAddress, jumpPort, jumpHostKeys } = credential
  if (jumpAddress === null || !through) return undefined
  return { address: jumpAddress, port: jumpPort ?? SSH_PORT, login: loginOf(through), hostKeys: jumpHostKeys }
}

/** The step that a run of facts is started as. */
export const FACTS_STEP = 'facts'
const SECONDS_PER_WAVE = 30

/** The run that reads facts. Its key makes asking twice start one run; waves of 50 hosts set its deadline. */
export function factsRun(
  { project, gathering, attempt }: { project: string; gathering: string; attempt: number },
  targets: Target[],
): StartRunRequest {
  return {
    ...{ project, operation: gathering, step: FACTS_STEP, attempt, targets },
    playbook: 'facts.yml',
    variablesJson: JSON.stringify({ slipway_operation: `${gathering}/${FACTS_STEP}/${attempt}` }),
    secrets: {},
    deadlineSeconds: 60 + SECONDS_PER_WAVE * wavesOf(targets.length),
    check: false,
    quiet: true,
  }
}

/** What an ended run learnt about a host. `now` stands in for times that the run does not say. */
export function answerOf(run: Run, host: Host, now: Date): Answer {
  const result = run.hosts.find((one) => one.host === host.id || one.host === host.name)
  const asked = { startedAt: run.startedAt ?? now, endedAt: run.endedAt ?? now, resultAt: result?.resultAt }
  return {
    presentedHostKeys: readHostKeys(result?.presentedHostKey ?? ''),
    facts: result?.unreachable ? undefined : readFacts(result?.resultJson ?? '', asked),
    message: printable(whyNot(run, host, result)),
  }
}

/** The run's failure when it is about this host: it knows of a changed key on the way. Then the host's own words. */
function whyNot({ failure, state }: Run, host: Host, result: HostResult | undefined): string {
  const about = failure?.host ?? ''
  if (failure?.message && [host.id, host.name].includes(about)) return failure.message
  if (result?.message) return result.message
  if (failure?.message && about === '') return failure.message
  return `The run that reads facts ${state || 'ended'} without an answer of this host.`
}

const LONGEST_REASON = 2_000

function printable(text: string): string {
  return text.slice(0, LONGEST_REASON).replaceAll(/(?!\n)\p{Cc}|\p{Cs}/gu, '')
}
