import { Button, Switch } from 'antd'
import { useState } from 'react'
import { api, told } from '../../../../../api/client.ts'
import { PlannedChange } from '../../../../../cluster/plan/planned-change.tsx'
import { FreeHosts } from '../../../../../host/free-hosts.tsx'
import { useWords } from '../../../../../words/words.ts'
import { words } from './nodes-words.ts'
import { Option } from './option.tsx'

/** Takes free hosts and makes them workers. */
export function AddWorkers({
  project,
  cluster,
  onBegun,
}: {
  project: string
  cluster: string
  onBegun: () => void
}) {
  const say = useWords(words)
  const [taken, setTaken] = useState<{ host: string; name: string }[]>([])
  const [fix, setFix] = useState(false)
  const nodes = taken.map(({ host }) => ({ host, role: 'worker' as const }))
  return (
    <>
      {taken.length > 0 && (
        <>
          <h2>{say('taken')}</h2>
          <ul className="chips">
            {taken.map(({ host, name }) => (
              <li key={host} className="chip">
                {name}{' '}
                <Button
                  size="small"
                  type="text"
                  aria-label={say('leaveOut', { name })}
                  onClick={() => setTaken(taken.filter((one) => one.host !== host))}
                >
                  ✕
                </Button>
              </li>
            ))}
          </ul>
          <Option label={say('fix')} why={say('fixWhy')}>
            {(props) => <Switch {...props} checked={fix} onChange={setFix} />}
          </Option>
          <PlannedChange
            wish={{ cluster, nodes, fix }}
            ask={(how, key) =>
              told(
                api.POST('/api/v1/projects/{project}/clusters/{id}/nodes', {
                  params: { path: { project, id: cluster }, header: { 'Idempotency-Key': key } },
                  body: { nodes, fix, ...how },
                }),
              )
            }
            begin={say('add')}
            queues
            onBegun={onBegun}
          />
        </>
      )}
      <h2>{say('free')}</h2>
      <FreeHosts
        project={project}
        taken={taken.map(({ host }) => host)}
        onTake={(host, name) => setTaken([...taken, { host, name }])}
      />
    </>
  )
}
