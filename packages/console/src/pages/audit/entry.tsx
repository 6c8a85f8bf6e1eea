import { Modal } from 'antd'
import type { AuditEntry } from '../../audit/queries.ts'
import { useWords } from '../../words/words.ts'
import { words } from './words.ts'

/** One entry, with the object before and after it. */
export function Entry({ of: entry, onClose }: { of: AuditEntry; onClose: () => void }) {
  const say = useWords(words)
  const { method, at, userName, user, token, source, door, code, message, before, after } = entry
  return (
    <Modal open width={900} footer={null} title={method} onCancel={onClose}>
      <div className="stack">
        <p className="audit-who">
          {at} · {userName || user || say('nobody')} · {source} ({door}) · {say('token')}{' '}
          <span className="code">{token || '–'}</span>
        </p>
        {message && (
          <p>
            <strong>{say('message')}</strong> {code} {message}
          </p>
        )}
        <div className="audit-sides">
          <Side title={say('before')} json={before} empty={say('nothing')} />
          <Side title={say('after')} json={after} empty={say('nothing')} />
        </div>
      </div>
    </Modal>
  )
}

function Side({ title, json, empty }: { title: string; json: string; empty: string }) {
  return (
    <section aria-label={title}>
      <strong>{title}</strong>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard too */}
      <pre className="code" tabIndex={0}>
        {json ? pretty(json) : empty}
      </pre>
    </section>
  )
}

/** What is no JSON is shown as it is. */
function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    return json
  }
}
