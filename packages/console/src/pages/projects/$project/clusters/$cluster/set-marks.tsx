import { Button, Input } from 'antd'
import { useState } from 'react'
import { api, told } from '../../../../../api/client.ts'
import { PlannedChange } from '../../../../../cluster/plan/planned-change.tsx'
import type { Taint } from '../../../../../cluster/queries.ts'
import { readLines, readPairs } from '../../../../../ui/lines.ts'
import { useWords } from '../../../../../words/words.ts'
import { words } from './nodes-words.ts'
import { Option } from './option.tsx'

const boxes = ['setLabels', 'removeLabels', 'setTaints', 'removeTaints'] as const

/** Sets and removes labels and taints of nodes. */
export function SetMarks({
  project,
  cluster,
  names,
  onBegun,
}: {
  project: string
  cluster: string
  names: readonly string[]
  onBegun: () => void
}) {
  const say = useWords(words)
  const [typed, setTyped] = useState({ setLabels: '', removeLabels: '', setTaints: '', removeTaints: '' })
  const [planned, setPlanned] = useState<typeof typed>()
  const wish = planned && {
    setLabels: readPairs(planned.setLabels),
    removeLabels: readLines(planned.removeLabels),
    setTaints: readLines(planned.setTaints).map(readTaint),
    removeTaints: readLines(planned.removeTaints),
  }
  return (
    <>
      {boxes.map((box) => (
        <Option key={box} label={say(box)} why={say(`${box}Why`)}>
          {(props) => (
            <Input.TextArea
              {...props}
              className="code"
              autoSize={{ minRows: 1, maxRows: 6 }}
              value={typed[box]}
              onChange={({ target }) => setTyped({ ...typed, [box]: target.value })}
            />
          )}
        </Option>
      ))}
      <div>
        <Button disabled={planned === typed} onClick={() => setPlanned(typed)}>
          {say('plan')}
        </Button>
      </div>
      {wish && (
        <PlannedChange
          wish={{ cluster, names, ...wish }}
          ask={(how, key) =>
            told(
              api.PATCH('/api/v1/projects/{project}/clusters/{id}/nodes', {
                params: { path: { project, id: cluster }, header: { 'Idempotency-Key': key } },
                body: { names: [...names], ...wish, ...how },
              }),
            )
          }
          begin={say('begin')}
          queues
          onBegun={onBegun}
        />
      )}
    </>
  )
}

/** `key=value:Effect`; the API says what it thinks of an effect that is none. */
function readTaint(line: string): Taint {
  const [mark = '', effect = ''] = line.split(':').map((part) => part.trim())
  const [key = '', ...value] = mark.split('=')
  return { key, value: value.join('='), effect: effect as Taint['effect'] }
}
