import { useEffect, useRef, useState } from 'react'

/** Where a stream stands. `since` is when that began. */
export type Line = { state: 'connecting' | 'open' | 'ended'; since: number }

type Listen = {
  /** Called for every event, in order and never twice; `name` is the event's own. */
  onEvent: (event: { name: string; id: string; data: unknown }) => void
  /** The names of events that are listened to. */
  names: readonly string[]
  /** No stream while this is false. */
  enabled?: boolean
}

/**
 * Follows a Server-Sent Events route of the API. The browser itself goes on after the last id when the line was lost
 * (Last-Event-ID); an id that was seen before is left out. A stream ends by an event `problem`, or when it is left.
 */
export function useLive(url: string, { onEvent, names, enabled = true }: Listen): Line {
  const [line, setLine] = useState<Line>({ state: 'connecting', since: Date.now() })
  const latest = useRef(onEvent)
  latest.current = onEvent
  const wanted = names.join()
  useEffect(() => {
    if (!enabled) return
    const move = (state: Line['state']) =>
      setLine((was) => (was.state === state ? was : { state, since: Date.now() }))
    const source = new EventSource(url)
    let last = ''
    const take = (event: MessageEvent<string>) => {
      if (event.lastEventId !== '' && event.lastEventId === last) return
      last = event.lastEventId
      latest.current({ name: event.type, id: last, data: JSON.parse(event.data) })
      if (event.type !== 'problem') return
      source.close()
      move('ended')
    }
    for (const name of [...wanted.split(','), 'problem']) source.addEventListener(name, take)
    source.addEventListener('open', () => move('open'))
    source.addEventListener('error', () =>
      move(source.readyState === EventSource.CLOSED ? 'ended' : 'connecting'),
    )
    return () => source.close()
  }, [url, wanted, enabled])
  return line
}
