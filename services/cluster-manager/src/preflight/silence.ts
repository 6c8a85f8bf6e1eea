import type { PlayedRun } from '../flow/wire.ts'
import { type Finding, field, text } from './finding.ts'

/** Ansible's and sudo's own words, and what they come to; Ansible has no type for either. The first that fits counts. */
const words: readonly { says: RegExp; id: string; message: string; hint: string }[] = [
  {
    says: /waiting for privilege escalation prompt/i,
    id: 'login-hangs',
    message: 'its SSH or its sudo does not answer',
    hint: 'Log in by hand; where only sudo hangs, let the host find its own name (/etc/hosts) or mend its name server',
  },
  {
    says: /sudo|privilege escalation|become|a password is required/i,
    id: 'no-sudo',
    message: "the user of the credential can't become root",
    hint: 'Let it use sudo, or give the credential its sudo password',
  },
  {
    says: /minimum of Python/i,
    id: 'python-too-old',
    message: 'its Python is too old',
    hint: 'Install Python 3.8 or newer',
  },
  {
    says: /python|interpreter/i,
    id: 'no-python',
    message: 'it has no Python that Ansible finds',
    hint: 'Install Python 3.8 or newer as /usr/bin/python3',
  },
]

/** Why a host said nothing of itself, when it did not. */
export function* silenceOf(
  { name, unreachable, failed, message, result }: PlayedRun['hosts'][number],
  afterwards: string,
): Generator<Finding> {
  if (!unreachable && (!failed || Array.isArray(field(result, 'findings')))) return
  const evidence = text(message)
  const at = { severity: 'error', host: name, evidence, fix: '' } as const
  const known = words.find(({ id, says }) => says.test(evidence) && (id === 'login-hangs' || !unreachable))
  if (known) {
    const { id, message, hint } = known
    yield { ...at, id, message: `${message}: ${evidence}`, hint: `${hint}, then ${afterwards}.` }
    return
  }
  if (unreachable) {
    const hint = `Check that it runs and that its credential is right, then ${afterwards}.`
    yield { ...at, id: 'unreachable', message: evidence || 'it could not be reached', hint }
    return
  }
  const hint = `Read the output of the check on this host, mend the cause, then ${afterwards}.`
  yield { ...at, id: 'not-checked', message: evidence || 'it could not be checked', hint }
}

/**
 * Hosts that were not through when a check was ended, by its deadline say: nothing was found there because nobody looked.
 * Those that failed said why themselves.
 */
export function* cutOff({ hosts, failure }: PlayedRun, afterwards: string): Generator<Finding> {
  for (const { name, unreachable, failed, result } of hosts) {
    if (unreachable || failed || Array.isArray(field(field(result, 'facts'), 'ways'))) continue
    yield {
      ...{ id: 'not-checked', severity: 'error', host: name, fix: '' },
      message: 'the check ended before it was through here',
      evidence: failure?.message ?? '',
      hint: `Look whether its SSH or its sudo is slow, then ${afterwards}.`,
    }
  }
}
