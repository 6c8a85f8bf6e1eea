import { invalid } from '@slipway/errors'
import type { Attempt, Failure, Head, Operation, Signature } from '@slipway/record'
import diff from 'microdiff'
import type { Account } from './gathered.ts'
import { plain } from './plain.ts'
import type { Trust } from './trust.ts'

type Signed = { signature: Signature; trust: Trust; step: string | undefined }

/** What became of an operation, as a person reads it: how it ended and its first error on top. */
export function accountText(account: Account, signed: Signed): string {
  const { head, operation } = account
  if (!head || !operation) {
    const hint = 'Read it with a newer Slipway, or with zcat.'
    throw invalid([{ field: 'file', message: 'holds no operation', hint }])
  }
  const lines = [
    ...headline(operation, head),
    '',
    ...signatureLines(signed),
    ...summary(account, operation, head),
    '',
    'Steps',
    ...stepLines(account, operation, signed.step),
    '',
    'Timeline (UTC)',
    ...eventLines(account, signed.step),
  ]
  return `${plain(lines.join('\n'))}\n`
}

function headline(operation: Operation, { ended, writtenAt }: Head): string[] {
  const { id, kind, clusterName, state, failure, undoing } = operation
  const how = ended ? '' : `, and had not ended when this was written (${writtenAt})`
  const back = undoing ? ', being taken back' : ''
  const failing = operation.steps.find((step) => step.failure)
  return [
    `${kind} of ${clusterName}: ${state.toUpperCase()}${back}${how}`,
    `operation ${id}`,
    ...(failure
      ? ['', `First error${failing ? ` in step ${failing.name}` : ''}:`, ...failureLines(failure, 2)]
      : []),
  ]
}

function failureLines({ host, task, message, hint }: Failure, indent: number): string[] {
  const where = [host, task].filter(Boolean).join(', ')
  const said = [...(where ? [where] : []), ...message.split('\n'), ...(hint ? [`→ ${hint}`] : [])]
  return said.map((line) => `${' '.repeat(indent)}${line}`)
}

function signatureLines({ signature, trust }: Signed): string[] {
  const { keyId, signedAt } = signature
  return [
    row('signed', `${signedAt} by ${trust.signer}: ${keyId}; nothing was changed since`),
    ...(trust.trusted
      ? []
      : [
          row('', 'WHO signed it is not proven: get the key from the install that should have'),
          row('', '(`slipway operation get-record-key`), and check with --key FILE'),
        ]),
  ]
}

function summary(account: Account, operation: Operation, { askedBy, reason, versions }: Head): string[] {
  const { slipway, writtenBy, release, kubernetes, components } = versions
  const ansible = [...new Set(account.runs.map((run) => run.ansible).filter(Boolean))]
  const others = Object.entries(components).map(([name, version]) => `${name} ${version}`)
  const { createdAt = '', startedAt, endedAt, leftBehind, planDigest, steps } = operation
  return [
    row(
      'asked',
      `${createdAt} by ${askedBy.name || askedBy.id || 'Slipway itself'}${reason ? `: ${reason}` : ''}`,
    ),
    row('ran', `${startedAt ?? 'not begun'} – ${endedAt ?? ''}${took(startedAt, endedAt)}`),
    row(
      'Slipway',
      `${slipway || 'not kept'}${writtenBy === slipway ? '' : `, this written by ${writtenBy}`}`,
    ),
    row('Kubernetes', `${kubernetes}${release ? `, release ${release.slice(0, 12)}` : ''}`),
    ...(others.length > 0 ? [row('', others.join(', '))] : []),
    row('Ansible', ansible.join(', ') || 'did not run'),
    row('plan', `${steps.length} steps, digest ${planDigest}`),
    ...specLines(account.spec),
    ...leftBehind.map((host) => row('left', host)),
    ...account.missing.map((what) => row('missing', what)),
  ]
}

/** As many differences as a person reads. */
const MOST = 20

function specLines(spec: Account['spec']): string[] {
  if (!spec?.before && !spec?.after) return []
  if (!spec.before) return [row('spec', 'none before')]
  if (!spec.after) return [row('spec', 'none afterwards')]
  const all = diff({ '': spec.before }, { '': spec.after })
  if (all.length === 0) return [row('spec', 'the same before and afterwards')]
  const told = all.slice(0, MOST).map((one) => {
    const was = 'oldValue' in one ? JSON.stringify(one.oldValue) : 'nothing'
    const is = 'value' in one ? JSON.stringify(one.value) : 'nothing'
    return row('spec', `${one.path.slice(1).join('.')}: ${was} → ${is}`)
  })
  return all.length > MOST ? [...told, row('', `and ${all.length - MOST} more differences`)] : told
}

function stepLines({ attempts }: Account, { steps }: Operation, only: string | undefined): string[] {
  const shown = steps.filter(({ name }) => !only || name === only)
  if (shown.length === 0) {
    const hint = `Its steps: ${steps.map(({ name }) => name).join(', ')}.`
    throw invalid([{ field: '--step', message: `there is no step ${only}`, hint }])
  }
  return shown.flatMap(({ name, title, state, note, nodes }) => [
    `  ${state.padEnd(10)} ${name}: ${title}`,
    ...(nodes.length > 0 ? [`             on ${nodes.join(', ')}`] : []),
    ...(note ? [`             ${note}`] : []),
    ...attempts.filter(({ step }) => step === name).flatMap(attemptLines),
  ])
}

function attemptLines({ attempt, state, startedAt, endedAt, failure }: Attempt): string[] {
  return [
    `             attempt ${attempt} ${state}  ${timeOf(startedAt)} – ${timeOf(endedAt)}${took(startedAt, endedAt)}`,
    ...(failure ? failureLines(failure, 15) : []),
  ]
}

function eventLines({ events }: Account, only: string | undefined): string[] {
  const shown = events.filter(({ step }) => !only || step === only)
  return shown.map(({ at, fact, step, note }) =>
    `  ${at}  ${fact.padEnd(15)} ${step}${note ? `: ${note}` : ''}`.trimEnd(),
  )
}

function row(name: string, text: string): string {
  return `${name.padEnd(11)} ${text}`
}

function timeOf(at: string | undefined): string {
  return at?.slice(11, 23) ?? ''
}

function took(from: string | undefined, to: string | undefined): string {
  return from && to ? ` (${((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)} s)` : ''
}
