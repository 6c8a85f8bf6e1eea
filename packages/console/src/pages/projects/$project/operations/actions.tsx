import { Button } from 'antd'
import { useState } from 'react'
import { useMay } from '../../../../me/me.ts'
import { calls, type MoveName, movesOf } from '../../../../operation/move.ts'
import type { Operation, Plan } from '../../../../operation/queries.ts'
import { skippableOf } from '../../../../operation/skippable.ts'
import { useWords } from '../../../../words/words.ts'
import { actionWords } from './action-words.ts'
import { MoveDialogue } from './move-dialogue.tsx'

/**
 * What can be asked of an operation as it stands, by whoever has the right; each says what it will do before it is done. `first` names
 * the one that is most likely wanted.
 */
export function Actions({
  operation,
  plan,
  onMoved,
  first,
}: {
  operation: Operation
  plan: Plan | undefined
  onMoved: (move: MoveName) => void
  first?: MoveName
}) {
  const say = useWords(actionWords)
  const may = useMay(operation.project)
  const [asked, setAsked] = useState<MoveName>()
  const offered = [
    ...movesOf(operation),
    ...(skippableOf(operation, plan).length > 0 ? (['skip'] as const) : []),
  ]
  return (
    <>
      {offered
        .filter((name) => may(calls[name]))
        .map((name) => (
          <Button key={name} type={name === first ? 'primary' : 'default'} onClick={() => setAsked(name)}>
            {say(name)}
          </Button>
        ))}
      {asked && (
        <MoveDialogue
          name={asked}
          operation={operation}
          plan={plan}
          onClose={() => setAsked(undefined)}
          onMoved={() => {
            setAsked(undefined)
            onMoved(asked)
          }}
        />
      )}
    </>
  )
}
