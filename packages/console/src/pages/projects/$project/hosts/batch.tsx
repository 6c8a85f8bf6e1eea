import { Button, Form, Modal, Select } from 'antd'
import { useEffect, useState } from 'react'
import { type Host, useHostsChanged } from '../../../../host/queries.ts'
import { Problem } from '../../../../problem/problem.ts'
import { Mark } from '../../../../ui/mark.tsx'
import { useWords } from '../../../../words/words.ts'
import type { Deed } from './batch-bar.tsx'
import { words } from './batch-words.ts'
import { deleteHost, forEachHost, type Outcome, refreshHost, retagHost, type TagChange } from './deeds.ts'

type Batched = Exclude<Deed, 'check'>

/** Does one thing to several hosts, after asking where that is due, and says for each what came of it. */
export default function Batch({
  project,
  deed,
  hosts,
  onClose,
}: {
  project: string
  deed: Batched
  hosts: readonly Host[]
  /** With the hosts that are no more. */
  onClose: (gone: ReadonlySet<string>) => void
}) {
  const say = useWords(words)
  const changed = useHostsChanged(project)
  const [tags, setTags] = useState<TagChange>({ add: [], remove: [] })
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>()
  const one = (host: Host) => {
    if (deed === 'refresh') return refreshHost(project, host.id)
    return deed === 'delete' ? deleteHost(project, host.id) : retagHost(project, host.id, tags)
  }
  const start = async (wanted: readonly Host[]) => {
    const known = new Map(outcomes)
    for (const { id } of wanted) known.delete(id)
    setOutcomes(new Map(known))
    await forEachHost(wanted, one, (id, outcome) => {
      known.set(id, outcome)
      setOutcomes(new Map(known))
    })
    await changed()
  }
  // What asks for nothing begins once, when it is opened.
  useEffect(() => {
    if (deed === 'refresh') void start(hosts)
  }, [])
  const failed = hosts.filter(({ id }) => outcomes?.get(id) instanceof Problem)
  const isAtIt = outcomes !== undefined && outcomes.size < hosts.length
  const close = () =>
    onClose(
      new Set(
        deed === 'delete' ? [...(outcomes ?? [])].filter(([, it]) => it === 'done').map(([id]) => id) : [],
      ),
    )
  return (
    <Modal
      open
      title={say(deed)}
      onCancel={close}
      mask={{ closable: !isAtIt }}
      footer={
        outcomes ? (
          <>
            {failed.length > 0 && !isAtIt && (
              <Button onClick={() => void start(failed)}>{say('again')}</Button>
            )}
            <Button type="primary" disabled={isAtIt} onClick={close}>
              {say('close')}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={close}>{say('cancel')}</Button>
            <Button
              type="primary"
              danger={deed === 'delete'}
              disabled={deed === 'tags' && tags.add.length + tags.remove.length === 0}
              onClick={() => void start(hosts)}
            >
              {deed === 'delete' ? say('doDelete', { count: hosts.length }) : say('doTags')}
            </Button>
          </>
        )
      }
    >
      <div className="stack">
        {!outcomes && deed === 'delete' && <p>{say('deleteSays')}</p>}
        {!outcomes && deed === 'tags' && <TagFields hosts={hosts} of={tags} onChange={setTags} />}
        <Summary hosts={hosts} deed={deed} outcomes={outcomes} failed={failed.length} />
        <ul className="rows outcomes">
          {[...failed, ...hosts.filter((host) => !failed.includes(host))].map((host) => (
            <li key={host.id} className="outcome">
              <span>{host.name}</span>
              <OutcomeOf host={outcomes?.get(host.id)} isBegun={outcomes !== undefined} />
            </li>
          ))}
        </ul>
      </div>
    </Modal>
  )
}

function Summary({
  hosts,
  deed,
  outcomes,
  failed,
}: {
  hosts: readonly Host[]
  deed: Batched
  outcomes: ReadonlyMap<string, Outcome> | undefined
  failed: number
}) {
  const say = useWords(words)
  const [all, done] = [hosts.length, (outcomes?.size ?? 0) - failed]
  if (!outcomes) return <p className="quiet">{say('hosts', { count: all })}</p>
  if (outcomes.size < all) return <p role="status">{say('running', { done: outcomes.size, all })}</p>
  if (failed > 0) return <p role="status">{say('someFailed', { done, failed })}</p>
  return (
    <p role="status">
      {say('allDone', { count: all })} {deed === 'refresh' && say('refreshBegun')}
    </p>
  )
}

function OutcomeOf({ host: outcome, isBegun }: { host: Outcome | undefined; isBegun: boolean }) {
  const say = useWords(words)
  if (outcome === 'done') return <Mark tone="good">{say('done')}</Mark>
  if (outcome === undefined) return isBegun ? <Mark tone="idle">{say('waits')}</Mark> : null
  const [fault] = outcome.faults
  return (
    <span>
      <Mark tone="bad">{fault?.message ?? outcome.message}</Mark> <span className="quiet">{fault?.hint}</span>
    </span>
  )
}

function TagFields({
  hosts,
  of: { add, remove },
  onChange,
}: {
  hosts: readonly Host[]
  of: TagChange
  onChange: (tags: TagChange) => void
}) {
  const say = useWords(words)
  const present = [...new Set(hosts.flatMap((host) => host.tags))].sort()
  return (
    <Form layout="vertical" component="div">
      <Form.Item label={say('addTags')} htmlFor="tags-add">
        <Select
          id="tags-add"
          mode="tags"
          value={[...add]}
          tokenSeparators={[',', ';']}
          onChange={(next: string[]) => onChange({ add: next, remove })}
        />
      </Form.Item>
      <Form.Item label={say('removeTags')} htmlFor="tags-remove">
        <Select
          id="tags-remove"
          mode="multiple"
          value={[...remove]}
          options={present.map((value) => ({ value, label: value }))}
          onChange={(next: string[]) => onChange({ add, remove: next })}
        />
      </Form.Item>
    </Form>
  )
}
