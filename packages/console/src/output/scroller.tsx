import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Line } from './line.ts'
import { LineText } from './line-text.tsx'
import { barAt, heightOf, ROW, topAfter } from './scroll.ts'

/** What is scrolled: so many lines, of which those at hand are asked for by their place (from 0). */
export type Lines = {
  count: number
  at: (index: number) => Line | undefined
  /** Of lines from several steps: which one a line is of. */
  origin?: (index: number) => string
}

// Wider than any screen is high, and beyond it the line is read in full below the log.
const FIRST_VIEW = 400

/**
 * Draws the few lines that are seen of as many as there are. Following keeps the end in view; any move upwards ends it, reaching the
 * end begins it again. The chosen line moves with the arrow keys.
 */
export function Scroller({
  label,
  lines: { count, at, origin },
  isFollowing = false,
  onFollow = () => {},
  onRange,
  chosen,
  onChoose,
  search = '',
}: {
  label: string
  lines: Lines
  isFollowing?: boolean
  onFollow?: (follow: boolean) => void
  /** The lines that are looked at now. */
  onRange: (first: number, count: number) => void
  /** Index of a line, which is brought into view when it changes. */
  chosen: number | undefined
  onChoose: (index: number) => void
  search?: string
}) {
  const box = useRef<HTMLDivElement>(null)
  const bar = useRef(0)
  const [view, setView] = useState(FIRST_VIEW)
  const [top, setTop] = useState(0)
  const [widest, setWidest] = useState(0)
  const first = isFollowing ? Math.max(0, count - view / ROW) : Math.min(top, Math.max(0, count - 1))
  const from = Math.floor(first)
  const seen = Math.min(count - from, Math.ceil(view / ROW) + 1)

  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const sizes = new ResizeObserver(() => setView(element.clientHeight))
    sizes.observe(element)
    return () => sizes.disconnect()
  }, [])
  useLayoutEffect(() => {
    if (!isFollowing || !box.current) return
    box.current.scrollTop = box.current.scrollHeight
    bar.current = box.current.scrollTop
  })
  useEffect(() => onRange(from, Math.ceil(view / ROW) + 1), [from, view, onRange])
  useEffect(() => {
    const element = box.current
    if (chosen === undefined || chosen >= count || !element) return
    const height = element.clientHeight
    const place = element.scrollTop === 0 && bar.current === 0 ? 0 : topNow.current
    if (chosen >= place && chosen < place + height / ROW - 1) return
    const next = Math.max(0, chosen - Math.floor(height / ROW / 3))
    element.scrollTop = barAt(next, { view: height, count })
    bar.current = element.scrollTop
    setTop(next)
    // Only the choice itself moves the view: lines that come while somebody reads do not.
  }, [chosen, chosen !== undefined && chosen < count])
  const topNow = useRef(first)
  topNow.current = first

  const leave = () => {
    if (!isFollowing) return
    setTop(first)
    onFollow(false)
  }
  const scrolled = () => {
    const element = box.current
    if (!element || element.scrollTop === bar.current) return
    const { scrollTop: to, clientHeight } = element
    const next = topAfter({ top: first, from: bar.current, to, view: clientHeight, count })
    const isAtEnd = to >= element.scrollHeight - clientHeight - 2
    // A log that grew taller is scrolled back by the browser: its end is in view still.
    if (isFollowing && to < bar.current && !isAtEnd) onFollow(false)
    if (!isFollowing && isAtEnd && to > bar.current) onFollow(true)
    bar.current = to
    setTop(next)
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (['PageUp', 'Home'].includes(event.key)) leave()
    if (!step || count === 0) return
    event.preventDefault()
    leave()
    onChoose(Math.min(count - 1, Math.max(0, (chosen ?? from) + step)))
  }
  const drawn = Array.from({ length: Math.max(0, seen) }, (_, index) => from + index)
  const longest = drawn.reduce((most, index) => Math.max(most, at(index)?.text.length ?? 0), 0)
  if (longest > widest) setWidest(longest)
  return (
    <div
      ref={box}
      className="table log"
      role="log"
      aria-live="off"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys
      tabIndex={0}
      onScroll={scrolled}
      onWheel={({ deltaY }) => deltaY < 0 && leave()}
      onTouchMove={leave}
      onKeyDown={press}
    >
      <div className="log-height" style={{ height: heightOf(count), minWidth: `calc(${widest}ch + 260px)` }}>
        <div className="log-view" style={{ height: Math.min(view, heightOf(count)) }}>
          {drawn.map((index) => {
            const line = at(index)
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the arrow keys of the log choose
              // biome-ignore lint/a11y/noStaticElementInteractions: see above
              <div
                key={index % (Math.ceil(view / ROW) + 2)}
                className={`log-line ${line?.kind ?? ''} ${index === chosen ? 'chosen' : ''}`}
                style={{ transform: `translateY(${(index - first) * ROW}px)` }}
                data-line={line?.sequence}
                onClick={() => {
                  leave()
                  onChoose(index)
                }}
              >
                {line ? <LineText line={line} origin={origin?.(index)} search={search} /> : '…'}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
