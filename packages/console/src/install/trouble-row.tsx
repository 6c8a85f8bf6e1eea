import { Mark } from '../ui/mark.tsx'
import { defineWords, useWords } from '../words/words.ts'
import type { Health } from './queries.ts'

const words = defineWords('trouble', {
  en: { bad: 'Broken', warn: 'Soon' },
  'zh-CN': { bad: '故障', warn: '即将' },
  'zh-TW': { bad: '故障', warn: '即將' },
})

/** One thing that is wrong about the install: about what, what it is, and the way out. */
export function TroubleRow({ of: { about, severity, message, hint } }: { of: Health['troubles'][number] }) {
  const say = useWords(words)
  const tone = severity === 'bad' ? 'bad' : 'warn'
  return (
    <li className="row">
      <Mark tone={tone}>{say(tone)}</Mark>
      <div>
        <div>
          <strong>{about}</strong> {message}
        </div>
        <div className="quiet">{hint}</div>
      </div>
    </li>
  )
}
