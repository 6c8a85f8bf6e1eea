import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { type Health, healthQuery } from '../install/queries.ts'
import { TroubleRow } from '../install/trouble-row.tsx'
import { useMay } from '../me/me.ts'
import { ProblemCard } from '../problem/problem-card.tsx'
import { Mark } from '../ui/mark.tsx'
import { Page, Section } from '../ui/page.tsx'
import { durationOf, useNow } from '../ui/time.tsx'
import { Waiting } from '../ui/waiting.tsx'
import { useWords } from '../words/words.ts'
import { Certificates } from './install/certificates.tsx'
import { Data } from './install/data.tsx'
import { Services } from './install/services.tsx'
import { words } from './install/words.ts'

/** How this install itself is: what is wrong on top, with what to do next. */
export default function Install() {
  const say = useWords(words)
  const may = useMay()
  const { data, error, refetch } = useQuery(healthQuery)
  return (
    <Page
      title={say('title')}
      aside={
        data && (
          <>
            {say('aside', { version: data.version })} · <Looked at={data.at} />
          </>
        )
      }
      actions={
        <>
          <Button onClick={() => void refetch()}>{say('again')}</Button>
          {may('InstallService_ExportSupportBundle') && (
            <Button href="/api/v1/support-bundle" download title={say('bundleHint')}>
              {say('bundle')}
            </Button>
          )}
        </>
      }
    >
      {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
      {!data && !error && <Waiting what={say('waiting')} />}
      {data && (
        <>
          <Troubles of={data.troubles} />
          <Services of={data.services} />
          <Data of={data} />
          <Certificates of={data} />
        </>
      )}
    </Page>
  )
}

function Troubles({ of: troubles }: { of: Health['troubles'] }) {
  const say = useWords(words)
  return (
    <Section title={say('troubles')}>
      {troubles.length === 0 && <Mark tone="good">{say('well')}</Mark>}
      {troubles.length > 0 && (
        <ul className="rows">
          {troubles.map((trouble) => (
            <TroubleRow key={`${trouble.about} ${trouble.message}`} of={trouble} />
          ))}
        </ul>
      )}
    </Section>
  )
}

/** How old all of it is, to the second: without an answer it grows. */
function Looked({ at }: { at: string | undefined }) {
  const say = useWords(words)
  const now = useNow()
  const seconds = Math.max(0, Math.round((now - Date.parse(at ?? '')) / 1000))
  return (
    <span className="number" title={at}>
      {say('looked', { age: durationOf(seconds) })}
    </span>
  )
}
