import type { Ending } from '@slipway/process'
import { fingerprint } from '../host-key/fingerprint.ts'
import { aliasOf, jumpHosts } from '../playbook/jump-host.ts'
import type { Jump } from './order.ts'
import type { Failure, HostResult, Outcome } from './run.ts'
import type { HostError, Tally } from './tally.ts'

/** A target, as far as its host key goes. */
type Pinned = { name: string; hostKeys: readonly string[]; jump: Jump | undefined }

/** Why a run was ended from outside. */
export type Reason = 'cancelled' | 'stopping' | 'lost'

/** What a run came to: how its command ended, what was heard of it, and why it was ended, if it was. */
export function judge(
  ended: { ending: Ending; reason: Reason | undefined; deadlineSeconds: number },
  tally: Tally,
  targets: readonly Pinned[],
): Omit<Outcome, 'exports'> {
  const hosts = targets.map((target) => hostResult(target, tally, targets))
  if (ended.reason === 'cancelled') return { state: 'cancelled', hosts, failure: undefined }
  const failure = failureOf(ended, tally, targets)
  return { state: failure ? 'failed' : 'succeeded', hosts, failure }
}

function hostResult(target: Pinned, tally: Tally, targets: readonly Pinned[]): HostResult {
  const error = tally.errors.find(({ host }) => host === target.name)
  const count = tally.counts.get(target.name) ?? { ok: 0, changed: 0, failed: 0, unreachable: false }
  const shown = shownKey(target, tally)
  const result = tally.results.get(target.name)
  return {
    host: target.name,
    ...count,
    resultJson: result?.json ?? '',
    resultAt: result?.at.toISOString() ?? '',
    message: error ? (changedKey(target, tally, targets)?.message ?? error.message) : '',
    presentedHostKey: shown && !target.hostKeys.includes(shown) ? shown : '',
  }
}

function shownKey({ name }: Pinned, { end }: Tally): string | undefined {
  return end?.presented[name.toLowerCase()]
}

/** The ways to end, the outer ones first: what ended the command from outside explains everything that was heard. */
function failureOf(
  {
    ending,
    reason,
    deadlineSeconds,
  }: { ending: Ending; reason: Reason | undefined; deadlineSeconds: number },
  tally: Tally,
  targets: readonly Pinned[],
): Failure | undefined {
  if (reason === 'stopping') return again('The runner was stopped.', 'The step is tried again.')
  if (ending.cause === 'deadline') {
    return again(
      `The playbook did not end within ${deadlineSeconds} s.`,
      'Its last lines of output say what it waited for.',
    )
  }
  if (tally.refusal) {
    return failure(
      'Precondition',
      { message: `${tally.refusal.field}: ${tally.refusal.message}.` },
      'Change the credential.',
    )
  }
  if (ending.cause === 'spawn') {
    return failure(
      'Precondition',
      { message: `The playbook can't be started: ${ending.stderr}` },
      RUNNER_HINT,
    )
  }
  const first = firstError(tally)
  if (first) return failureOfHost(first, tally, targets)
  // a playbook whose events were not heard has not succeeded
  if (tally.end?.exitCode === 0 && tally.complete) return undefined
  if (!tally.end || tally.end.exitCode < 0) {
    const how = tally.end ? `by signal ${-tally.end.exitCode}` : `by ${ending.signal ?? ending.exitCode}`
    const words = ending.stderr.trim().split('\n').at(-1) ?? ''
    return again(
      `ansible-playbook was ended ${how}. ${words}`.trim(),
      'Look whether the machine ran out of memory.',
    )
  }
  return failure('Bug', { message: ownWords(tally.said) }, 'The playbook is wrong, not the hosts: report it.')
}

const RUNNER_HINT = "Check that the runner's user may read the playbooks and the virtual environment."
// ssh's own words for a login that was refused; Ansible has no type for it
const REFUSED = 'Permission denied ('

/** The first error that was not rescued; rescued ones come before the one that ends the play of a host. */
function firstError({ errors, counts, rescued, complete }: Tally): HostError | undefined {
  if (!complete) return errors[0]
  const failures = new Map<string, number>()
  return errors.find(({ host, kind }) => {
    const count = counts.get(host)
    if (kind === 'unreachable') return count?.unreachable
    const before = failures.get(host) ?? 0
    failures.set(host, before + 1)
    return count && count.failed > 0 && before >= (rescued.get(host) ?? 0)
  })
}

function failureOfHost(error: HostError, tally: Tally, targets: readonly Pinned[]): Failure {
  const target = targets.find(({ name }) => name === error.host)
  const changed = target && changedKey(target, tally, targets)
  // Ansible calls it unreachable with a key and failed with a password
  if (changed && error.atOnce) {
    return failure('Precondition', { ...error, message: changed.message }, changed.hint)
  }
  if (error.kind === 'unreachable' && error.atOnce && error.message.includes(REFUSED)) {
    return failure(
      'Precondition',
      error,
      'Check user and key or password of the credential, and that the host lets it in.',
    )
  }
  if (error.kind === 'unreachable')
    return { ...again(error.message, 'Check that the host is up and reachable by SSH.'), ...place(error) }
  if (error.retryable) return { ...again(error.message, 'The step is tried again.'), ...place(error) }
  return failure('Precondition', error, "Read the task's output on this host, mend the cause, and try again.")
}

/** Says which key on the way to a host is not a known one, if there is one, and the way out. */
function changedKey(
  target: Pinned,
  { end }: Tally,
  targets: readonly Pinned[],
): { message: string; hint: string } | undefined {
  const alias = target.jump && aliasOf(jumpHosts(targets), target.jump)
  const doors = [
    {
      ...target,
      what: target.name,
      alias: target.name.toLowerCase(),
      hint: 'If the host was set up anew, accept its key; if not, find out who answers there.',
    },
    {
      hostKeys: target.jump?.hostKeys ?? [],
      what: `the jump host ${target.jump?.address}`,
      alias: alias ?? '',
      hint: 'If it was set up anew, accept its key for the credential; if not, find out who answers there.',
    },
  ]
  for (const { what, alias, hostKeys, hint } of doors) {
    const shown = end?.presented[alias]
    if (!shown || hostKeys.length === 0 || hostKeys.includes(shown)) continue
    const known = hostKeys.map(fingerprint).join(', ')
    const message = `The host key of ${what} has changed: it shows ${fingerprint(shown)}, known is ${known}.`
    return { message, hint }
  }
  return undefined
}

function place({ host, task }: HostError): Pick<Failure, 'host' | 'task'> {
  return { host, task }
}

function failure(
  code: Failure['code'],
  what: { message: string; host?: string; task?: string },
  hint: string,
): Failure {
  return { code, message: what.message, host: what.host ?? '', task: what.task ?? '', hint, retryable: false }
}

function again(message: string, hint: string): Failure {
  return { code: 'Unavailable', message, host: '', task: '', hint, retryable: true }
}

/** What Ansible printed, from where it begins to complain. */
function ownWords(said: readonly string[]): string {
  const from = said.findIndex((line) => line.startsWith('[ERROR]') || line.startsWith('ERROR'))
  return said.slice(Math.max(from, 0)).join('\n').trim() || 'ansible-playbook ended without a word.'
}
