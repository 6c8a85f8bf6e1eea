import { useQuery } from '@tanstack/react-query'
import { Button, Modal, Segmented } from 'antd'
import { useState } from 'react'
import { api, type Message, told } from '../../../../api/client.ts'
import type { Host } from '../../../../host/queries.ts'
import { ProblemCard } from '../../../../problem/problem-card.tsx'
import { Mark, type Tone } from '../../../../ui/mark.tsx'
import { Ago } from '../../../../ui/time.tsx'
import { Waiting } from '../../../../ui/waiting.tsx'
import { useWords } from '../../../../words/words.ts'
import { words } from './preflight-words.ts'

type Role = 'worker' | 'control-plane'
type Report = Message<'host.v1.HostReport'>

const tones: Record<string, Tone> = { ok: 'good', warnings: 'warn', errors: 'bad', silent: 'bad' }

/** Asks hosts for everything that speaks against making them nodes, and shows what they say, host by host. */
export default function Preflight({
  project,
  hosts,
  onClose,
}: {
  project: string
  hosts: readonly Host[]
  onClose: () => void
}) {
  const say = useWords(words)
  const [role, setRole] = useState<Role>('worker')
  const ids = hosts.map(({ id }) => id)
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['project', project, 'preflight', role, ids],
    queryFn: () =>
      told(
        api.POST('/api/v1/projects/{project}/hosts/preflight', {
          params: { path: { project } },
          body: { ids, role },
        }),
      ),
    // Asked once, and again when a person wants it: it logs in to every host.
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  return (
    <Modal
      open
      width={820}
      title={
        hosts.length === 1
          ? say('titleOne', { name: hosts[0]?.name ?? '' })
          : say('title', { count: hosts.length })
      }
      onCancel={onClose}
      footer={
        <>
          <Button disabled={isFetching} onClick={() => void refetch()}>
            {say('again')}
          </Button>
          <Button type="primary" onClick={onClose}>
            {say('close')}
          </Button>
        </>
      }
    >
      <div className="stack">
        <div className="filters">
          <Segmented<Role>
            aria-label={say('role')}
            value={role}
            options={(['worker', 'control-plane'] as const).map((value) => ({ value, label: say(value) }))}
            onChange={setRole}
          />
        </div>
        {isFetching ? (
          <Waiting key={role} what={say('asking', { count: hosts.length })} />
        ) : (
          <>
            {error && <ProblemCard of={error} />}
            {data && <Findings of={data} />}
          </>
        )}
      </div>
    </Modal>
  )
}

/** What a check came to: the hosts with most against them first, each with its findings. */
function Findings({ of: report }: { of: Report }) {
  const say = useWords(words)
  const byHost = Map.groupBy(report.findings, ({ host }) => host)
  const hosts = report.hosts.toSorted((a, b) => b.errors - a.errors || b.warnings - a.warnings)
  return (
    <>
      <p role="status">
        {report.errors + report.warnings === 0
          ? say('clean')
          : `${say('errors', { count: report.errors })}, ${say('warnings', { count: report.warnings })}.`}{' '}
        {report.fixable > 0 && say('fixable', { count: report.fixable })}{' '}
        <span className="quiet">
          {say('checked')} <Ago at={report.checkedAt} />
        </span>
      </p>
      {hosts.map((host) => (
        <section key={host.id} className="panel" aria-label={host.name}>
          <header className="checked">
            <h2>{host.name}</h2>
            <Mark tone={tones[host.verdict] ?? 'idle'}>{say(verdictOf(host.verdict))}</Mark>
          </header>
          <ul className="findings">
            {byHost.get(host.name)?.map((finding) => (
              <Finding key={`${finding.id} ${finding.message}`} of={finding} />
            ))}
          </ul>
        </section>
      ))}
    </>
  )
}

function Finding({ of: { id, severity, message, evidence, hint, fix } }: { of: Message<'host.v1.Finding'> }) {
  const say = useWords(words)
  const isError = severity === 'error'
  return (
    <li>
      <p>
        <Mark tone={isError ? 'bad' : 'warn'}>{say(isError ? 'error' : 'warning')}</Mark>{' '}
        <strong>{message}</strong> <span className="code quiet">{id}</span>
      </p>
      {evidence && <pre className="code evidence">{evidence}</pre>}
      <p>{hint}</p>
      {fix && (
        <p>
          <strong>{say('fix')}</strong> {fix}
        </p>
      )}
    </li>
  )
}

function verdictOf(verdict: string): 'ok' | 'withWarnings' | 'withErrors' | 'silent' {
  if (verdict === 'ok' || verdict === 'silent') return verdict
  return verdict === 'warnings' ? 'withWarnings' : 'withErrors'
}
