import { Button } from 'antd'
import type { Operation } from '../../../../api/client.ts'
import { useWords } from '../../../../words/words.ts'
import { words } from './words.ts'

/** What can be done to several hosts at once. */
export type Deed = 'refresh' | 'tags' | 'check' | 'delete'

/** Each deed, by the call that it makes. */
const deeds: readonly { deed: Deed; title: 'refresh' | 'editTags' | 'check' | 'delete'; needs: Operation }[] =
  [
    { deed: 'check', title: 'check', needs: 'HostService_CheckHosts' },
    { deed: 'refresh', title: 'refresh', needs: 'HostService_RefreshHost' },
    { deed: 'tags', title: 'editTags', needs: 'HostService_UpdateHost' },
    { deed: 'delete', title: 'delete', needs: 'HostService_DeleteHost' },
  ]

/** How many hosts there are and are chosen, and what to do with those. Always there, so that a choice moves nothing. */
export function BatchBar({
  count,
  chosen,
  may,
  onDo,
  onClear,
}: {
  count: number
  chosen: number
  may: (operation: Operation) => boolean
  onDo: (deed: Deed) => void
  onClear: () => void
}) {
  const say = useWords(words)
  return (
    <div className="batch-bar">
      <span className="quiet" role="status">
        {chosen > 0 ? say('chosen', { count: chosen }) : say('onPage', { count })}
      </span>
      {chosen > 0 && (
        <>
          {deeds
            .filter(({ needs }) => may(needs))
            .map(({ deed, title }) => (
              <Button key={deed} size="small" danger={deed === 'delete'} onClick={() => onDo(deed)}>
                {say(title)}
              </Button>
            ))}
          <Button size="small" type="text" onClick={onClear}>
            {say('unchoose')}
          </Button>
        </>
      )}
    </div>
  )
}
