import { Alert, Button, Modal } from 'antd'
import { Copied } from '../../ui/copied.tsx'
import { useLanguage, useWords } from '../../words/words.ts'
import { words } from './words.ts'

/** A one-time link for somebody to choose a password by. */
export type MadeLink = { name: string; link: string; until: string | undefined }

/** What was answered once, as a link. The code stands behind the #: browsers send that nowhere. */
export function linkOf(made: {
  user?: { name: string } | undefined
  enrolmentCode: string
  enrolmentExpiresAt?: string | undefined
}): MadeLink {
  return {
    name: made.user?.name ?? '',
    link: `${window.location.origin}/first-start#code=${made.enrolmentCode}`,
    until: made.enrolmentExpiresAt,
  }
}

/** Shows it the one time that it is shown. */
export function LinkOnce({ of: { name, link, until }, onClose }: { of: MadeLink; onClose: () => void }) {
  const say = useWords(words)
  const language = useLanguage()
  const end = until
    ? new Date(until).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' })
    : ''
  return (
    <Modal
      open
      closable={false}
      title={say('linkTitle', { name })}
      footer={
        <Button type="primary" onClick={onClose}>
          {say('done')}
        </Button>
      }
    >
      <div className="stack">
        <Alert type="warning" showIcon title={say('linkOnce', { until: end })} />
        <Copied text={link} label={say('linkTitle', { name })} />
      </div>
    </Modal>
  )
}
