import { InputNumber, Switch } from 'antd'
import { useState } from 'react'
import { api, told } from '../../../../../api/client.ts'
import { PlannedChange } from '../../../../../cluster/plan/planned-change.tsx'
import { useWords } from '../../../../../words/words.ts'
import type { ActionName } from './action-names.ts'
import { AddWorkers } from './add-workers.tsx'
import { words } from './nodes-words.ts'
import { Option } from './option.tsx'
import { SetMarks } from './set-marks.tsx'

type Props = { project: string; cluster: string; names: readonly string[]; onBegun: () => void }

/** One thing done with nodes: what it means, its options, and the server's plan before it begins. */
export function NodeAction({ action, ...props }: Props & { action: ActionName }) {
  const say = useWords(words)
  const { names } = props
  return (
    <div className="stack">
      <p>{say(`${action}Why`)}</p>
      {action !== 'add' && <p className="quiet">{say('about', { names: names.join(', ') })}</p>}
      {action === 'add' && <AddWorkers {...props} />}
      {action === 'label' && <SetMarks {...props} />}
      {(action === 'cordon' || action === 'uncordon') && <Cordon {...props} cordoned={action === 'cordon'} />}
      {(action === 'drain' || action === 'remove') && <Drain {...props} action={action} />}
    </div>
  )
}

function Cordon({ project, cluster, names, cordoned, onBegun }: Props & { cordoned: boolean }) {
  const say = useWords(words)
  return (
    <PlannedChange
      wish={{ cluster, names, cordoned }}
      ask={(how, key) =>
        told(
          api.PATCH('/api/v1/projects/{project}/clusters/{id}/nodes', {
            params: { path: { project, id: cluster }, header: { 'Idempotency-Key': key } },
            body: { names: [...names], cordoned, ...how },
          }),
        )
      }
      begin={say(cordoned ? 'cordon' : 'uncordon')}
      queues
      onBegun={onBegun}
    />
  )
}

const MINUTES = 30

function Drain({ project, cluster, names, action, onBegun }: Props & { action: 'drain' | 'remove' }) {
  const say = useWords(words)
  const [emptyDir, setEmptyDir] = useState(false)
  const [bare, setBare] = useState(false)
  const [leaveUnreachable, setLeave] = useState(false)
  const [drainMinutes, setMinutes] = useState(MINUTES)
  const how = { deleteEmptyDirData: emptyDir, deleteBarePods: bare, drainMinutes }
  const at = { project, id: cluster }
  return (
    <>
      <Option label={say('emptyDir')} why={say('emptyDirWhy')}>
        {(props) => <Switch {...props} checked={emptyDir} onChange={setEmptyDir} />}
      </Option>
      <Option label={say('bare')} why={say('bareWhy')}>
        {(props) => <Switch {...props} checked={bare} onChange={setBare} />}
      </Option>
      {action === 'remove' && (
        <Option label={say('leave')} why={say('leaveWhy')}>
          {(props) => <Switch {...props} checked={leaveUnreachable} onChange={setLeave} />}
        </Option>
      )}
      <Option label={say('minutes')} why={say('minutesWhy')}>
        {(props) => (
          <InputNumber
            {...props}
            min={1}
            value={drainMinutes}
            onChange={(typed) => setMinutes(typed ?? MINUTES)}
          />
        )}
      </Option>
      <PlannedChange
        wish={{ cluster, names, action, leaveUnreachable, ...how }}
        ask={(asked, key) => {
          const header = { 'Idempotency-Key': key }
          if (action === 'drain') {
            return told(
              api.POST('/api/v1/projects/{project}/clusters/{id}/drains', {
                params: { path: at, header },
                body: { names: [...names], ...how, ...asked },
              }),
            )
          }
          const query = { names: [...names], leaveUnreachable, ...how, ...asked }
          return told(
            api.DELETE('/api/v1/projects/{project}/clusters/{id}/nodes', {
              params: { path: at, header, query },
            }),
          )
        }}
        begin={say(action)}
        isDanger={action === 'remove'}
        queues
        onBegun={onBegun}
      />
    </>
  )
}
