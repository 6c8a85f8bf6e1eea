import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button, Drawer } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { type Host, hostQuery, useHostsChanged } from '../../../../host/queries.ts'
import { HostState } from '../../../../host/state.tsx'
import { useMay } from '../../../../me/me.ts'
import { ProblemCard } from '../../../../problem/problem-card.tsx'
import { Ago } from '../../../../ui/time.tsx'
import { Waiting } from '../../../../ui/waiting.tsx'
import { useWords } from '../../../../words/words.ts'
import type { Deed } from './batch-bar.tsx'
import { refreshHost } from './deeds.ts'
import { words } from './drawer-words.ts'
import { Facts } from './facts.tsx'

const HostForm = lazy(() => import('./form.tsx'))
const HostKey = lazy(() => import('./host-key.tsx'))

/** What is known of one host and what can be done about it, beside the table. */
export default function HostDrawer({
  project,
  id,
  onDo,
  onClose,
}: {
  project: string
  id: string
  onDo: (deed: Deed, host: Host) => void
  onClose: () => void
}) {
  const say = useWords(words)
  const may = useMay(project)
  const { data: host, error } = useQuery(hostQuery(project, id))
  const [open, setOpen] = useState<'change' | 'key'>()
  return (
    <Drawer
      open
      mask={false}
      size={620}
      onClose={onClose}
      title={host?.name ?? ''}
      aria-label={host?.name ?? say('waiting')}
    >
      {error && <ProblemCard of={error} />}
      {!host && !error && <Waiting what={say('waiting')} />}
      {host && (
        <div className="stack">
          <div className="actions">
            {may('HostService_CheckHosts') && (
              <Button onClick={() => onDo('check', host)}>{say('check')}</Button>
            )}
            {may('HostService_UpdateHost') && (
              <Button onClick={() => setOpen('change')}>{say('change')}</Button>
            )}
            {may('HostService_DeleteHost') && (
              <Button danger onClick={() => onDo('delete', host)}>
                {say('delete')}
              </Button>
            )}
          </div>
          <Standing host={host} onCompare={() => setOpen('key')} />
          <Age host={host} />
          <Facts of={host} />
        </div>
      )}
      <Suspense>
        {host && open === 'change' && (
          <HostForm project={project} host={host} onClose={() => setOpen(undefined)} />
        )}
        {host && open === 'key' && <HostKey host={host} onClose={() => setOpen(undefined)} />}
      </Suspense>
    </Drawer>
  )
}

/** What is wrong with it, in the words of what found it, and the way out. */
function Standing({ host, onCompare }: { host: Host; onCompare: () => void }) {
  const say = useWords(words)
  const may = useMay(host.project)
  const { state, stateReason } = host
  if (state === 'host-key-changed') {
    return (
      <Alert
        type="error"
        showIcon
        title={say('keyChanged')}
        description={say('keyChangedWay')}
        action={may('HostService_AcceptHostKey') && <Button onClick={onCompare}>{say('compare')}</Button>}
      />
    )
  }
  if (state === 'unreachable') {
    return (
      <Alert
        type="error"
        showIcon
        title={say('unreachable')}
        description={
          <>
            <p className="code reason">{stateReason}</p>
            <p>{say('unreachableWay')}</p>
          </>
        }
      />
    )
  }
  if (!stateReason) return null
  return (
    <Alert
      type="warning"
      showIcon
      title={say('ready')}
      description={
        <>
          <p className="code reason">{stateReason}</p>
          <p>{say('sudoWay')}</p>
        </>
      }
    />
  )
}

/** How it is, how old what is known of it is, and a button that reads it anew. */
function Age({ host }: { host: Host }) {
  const say = useWords(words)
  const may = useMay(host.project)
  const changed = useHostsChanged(host.project)
  const refresh = useMutation({
    mutationFn: () => refreshHost(host.project, host.id),
    onSuccess: changed,
  })
  const isReading = refresh.isPending || host.state === 'gathering'
  return (
    <div className="stack">
      <div className="age">
        <HostState of={host} />
        <span className="quiet">
          {host.factsAt ? (
            <>
              {say('factsOld')} <Ago at={host.factsAt} />
            </>
          ) : (
            say('noFacts')
          )}
        </span>
        {may('HostService_RefreshHost') && (
          <Button size="small" disabled={isReading} onClick={() => refresh.mutate()}>
            {say(isReading ? 'gathering' : 'refresh')}
          </Button>
        )}
      </div>
      {refresh.error && <ProblemCard of={refresh.error} />}
    </div>
  )
}
