import { Button } from 'antd'
import { defineWords, useWords } from '../words/words.ts'

const words = defineWords('pager', {
  en: { previous: 'Previous', next: 'Next', page: 'Page {{number}}', pages: 'Pages' },
  'zh-CN': { previous: '上一页', next: '下一页', page: '第 {{number}} 页', pages: '分页' },
  'zh-TW': { previous: '上一頁', next: '下一頁', page: '第 {{number}} 頁', pages: '分頁' },
})

/**
 * Moves through pages that the server cuts by cursors: `before` holds the cursors of the pages up to this one, as the
 * address keeps them. Nothing is shown where there is one page.
 */
export function Pager({
  before,
  next,
  onMove,
}: {
  before: readonly string[]
  next: string | undefined
  onMove: (before: string[]) => void
}) {
  const say = useWords(words)
  if (before.length === 0 && !next) return null
  return (
    <nav className="pager" aria-label={say('pages')}>
      <Button disabled={before.length === 0} onClick={() => onMove(before.slice(0, -1))}>
        {say('previous')}
      </Button>
      <span className="number">{say('page', { number: before.length + 1 })}</span>
      <Button disabled={!next} onClick={() => next && onMove([...before, next])}>
        {say('next')}
      </Button>
    </nav>
  )
}
