import type { Message } from '../api/client.ts'
import { Mark } from '../ui/mark.tsx'
import './findings.css'

/** What a check found: on which host, what was seen, and how it is mended. */
export function Findings({
  of,
  sayFix,
}: {
  of: readonly Message<'host.v1.Finding'>[]
  /** What is said of one that need not be mended by hand. */
  sayFix: (fix: string) => string
}) {
  return (
    <ul className="findings">
      {of.map(({ id, severity, host, message, evidence, hint, fix }) => (
        <li key={`${host} ${id} ${message}`}>
          <Mark tone={severity === 'error' ? 'bad' : 'warn'}>{host}</Mark>
          <div>
            {message}
            {evidence && <span className="code quiet"> {evidence}</span>}
            <div className="quiet">{fix ? sayFix(fix) : hint}</div>
          </div>
        </li>
      ))}
    </ul>
  )
}
