import { Select, Switch } from 'antd'
import { useState } from 'react'
import { useLog } from '../../../../../../object/log.ts'
import type { Place } from '../../../../../../object/queries.ts'
import '../../../../../../output/output.css'
import { Scroller } from '../../../../../../output/scroller.tsx'
import { ProblemCard } from '../../../../../../problem/problem-card.tsx'
import { useWords } from '../../../../../../words/words.ts'
import { Option } from '../option.tsx'
import type { Shown } from './open-object.tsx'
import { words } from './words.ts'

/** What a pod's containers print: the last lines, and on as they come. */
export function PodLog({
  place,
  pod: { namespace, name, containers },
  shown: { container = containers[0] ?? '', previous: isPrevious },
  onShow,
}: {
  place: Place
  pod: { namespace: string; name: string; containers: readonly string[] }
  shown: Shown
  onShow: (shown: Shown) => void
}) {
  const say = useWords(words)
  const previous = isPrevious ?? false
  const [isFollowing, setFollowing] = useState(true)
  const [chosen, setChosen] = useState<number>()
  const { lines, dropped, refusal } = useLog(place, { namespace, pod: name, container, previous })
  const show = (next: { container: string; previous: boolean }) =>
    onShow({
      view: 'log',
      ...(next.container === containers[0] ? {} : { container: next.container }),
      ...(next.previous ? { previous: true } : {}),
    })
  return (
    <div className="stack">
      <div className="actions">
        <Select
          aria-label={say('container')}
          value={container}
          popupMatchSelectWidth={false}
          options={containers.map((one) => ({ value: one, label: one }))}
          onChange={(next) => show({ container: next, previous })}
        />
        <Option label={say('previous')}>
          {(props) => (
            <Switch
              {...props}
              size="small"
              checked={previous}
              onChange={(next) => show({ container, previous: next })}
            />
          )}
        </Option>
      </div>
      {refusal && <ProblemCard of={refusal} />}
      {dropped > 0 && <p className="quiet">{say('dropped', { count: dropped })}</p>}
      {lines.length === 0 && !refusal && <p className="quiet">{say('noLines')}</p>}
      <Scroller
        label={say('log')}
        lines={{ count: lines.length, at: (index) => lines[index] }}
        isFollowing={isFollowing}
        onFollow={setFollowing}
        onRange={() => {}}
        chosen={chosen}
        onChoose={setChosen}
      />
    </div>
  )
}
