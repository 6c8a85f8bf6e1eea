import { useMutation } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { api, told } from '../../../../api/client.ts'
import { useHostsChanged } from '../../../../host/queries.ts'
import { ProblemCard } from '../../../../problem/problem-card.tsx'
import { useWords } from '../../../../words/words.ts'
import { MendRows } from './import/mend.tsx'
import { type Row, type Sheet, sheetOf, writeCsv } from './import/sheet.ts'
import { Source } from './import/source.tsx'
import { words } from './import/words.ts'

/** Rows that were refused, and how many were taken so far. */
type Standing = { taken: number; rows: Row[]; fields: readonly string[] }

/** Adds many hosts: text or a file is sent as it is; the rows that the API refuses stay here until they are mended. */
export default function ImportHosts({ project, onClose }: { project: string; onClose: () => void }) {
  const say = useWords(words)
  const changed = useHostsChanged(project)
  const [sheet, setSheet] = useState<Sheet>()
  const [standing, setStanding] = useState<Standing>()
  const [isLeaving, setLeaving] = useState(false)
  const send = useMutation({
    mutationFn: async ({ fields, rows }: Sheet) => {
      const csv = writeCsv({ fields, rows })
      const params = { path: { project } }
      const { hosts, problems } = await told(
        api.POST('/api/v1/projects/{project}/hosts/import', { params, body: { csv } }),
      )
      // The header is row 1, and no cell of ours holds a line end.
      const faults = Map.groupBy(problems, ({ row }) => row - 2)
      const refused = rows.flatMap((row, at) => {
        const own = faults.get(at)
        return own ? [{ ...row, faults: own }] : []
      })
      setStanding((was) => ({ taken: (was?.taken ?? 0) + hosts.length, rows: refused, fields }))
      await changed()
    },
  })
  const isDone = standing?.rows.length === 0
  const left = standing?.rows ?? []
  const close = () => (left.length > 0 && !isLeaving ? setLeaving(true) : onClose())
  return (
    <Modal
      open
      width={1080}
      title={say('title')}
      mask={{ closable: false }}
      onCancel={close}
      footer={
        <>
          {isLeaving && <span className="leaving">{say('leaving', { count: left.length })}</span>}
          {!isDone && <Button onClick={close}>{say(isLeaving ? 'leave' : 'cancel')}</Button>}
          {isLeaving && <Button onClick={() => setLeaving(false)}>{say('stay')}</Button>}
          {!standing && (
            <Button
              type="primary"
              disabled={!sheet || sheet.rows.length === 0}
              loading={send.isPending}
              onClick={() => sheet && send.mutate(sheet)}
            >
              {say('send', { count: sheet?.rows.length ?? 0 })}
            </Button>
          )}
          {left.length > 0 && !isLeaving && (
            <Button type="primary" loading={send.isPending} onClick={() => standing && send.mutate(standing)}>
              {say('sendAgain', { count: left.length })}
            </Button>
          )}
          {isDone && (
            <Button type="primary" onClick={onClose}>
              {say('close')}
            </Button>
          )}
        </>
      }
    >
      <div className="stack">
        {!standing && <Source project={project} onSheet={setSheet} />}
        {standing && (
          <p role="status">
            {say('taken', { count: standing.taken })}{' '}
            {left.length > 0 ? say('refused', { count: left.length }) : say('factsNow')}
          </p>
        )}
        {send.error && <ProblemCard of={send.error} />}
        {standing && left.length > 0 && (
          <MendRows
            project={project}
            sheet={sheetOf(standing.fields, left)}
            onChange={(rows) => setStanding({ ...standing, rows })}
          />
        )}
      </div>
    </Modal>
  )
}
