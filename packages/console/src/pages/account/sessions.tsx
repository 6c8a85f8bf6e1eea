import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { api, type Message, told } from '../../api/client.ts'
import { LIVE_MS } from '../../api/query-client.ts'
import { useSignOut } from '../../me/sign-out.ts'
import { ProblemCard } from '../../problem/problem-card.tsx'
import { Section } from '../../ui/page.tsx'
import { Ago } from '../../ui/time.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { useWords } from '../../words/words.ts'
import { browserOf } from './browser.ts'
import { words } from './words.ts'

const MANY = 100

const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: () => told(api.GET('/api/v1/sessions', { params: { query: { pageSize: MANY } } })),
  refetchInterval: LIVE_MS * 5,
})

/** Where the person is signed in, and the way out of each. */
export function SessionsSection() {
  const say = useWords(words)
  const { data, error } = useQuery(sessionsQuery)
  const everywhere = useSignOut({ everywhere: true })
  return (
    <Section
      title={say('sessions')}
      actions={
        <Button danger onClick={() => everywhere.mutate()} loading={everywhere.isPending}>
          {say('signOutEverywhere')}
        </Button>
      }
    >
      {error && <ProblemCard of={error} />}
      {everywhere.error && <ProblemCard of={everywhere.error} />}
      {!data && !error && <Waiting what={say('waiting')} />}
      {data && (
        <ul className="rows">
          {data.sessions.toReversed().map((session) => (
            <SessionRow key={session.id} of={session} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function SessionRow({
  of: { id, agent, source, lastUsedAt, current },
}: {
  of: Message<'identity.v1.Session'>
}) {
  const say = useWords(words)
  const queries = useQueryClient()
  const end = useMutation({
    mutationFn: () => told(api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  })
  return (
    <li className="row sessions-row">
      <span>{browserOf(agent)}</span>
      <span className="quiet">
        {source} · <Ago at={lastUsedAt} />
      </span>
      {current ? (
        <strong>{say('thisOne')}</strong>
      ) : (
        <Button size="small" onClick={() => end.mutate()} loading={end.isPending}>
          {say('end')}
        </Button>
      )}
      {end.error && <ProblemCard of={end.error} />}
    </li>
  )
}
