import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Popconfirm } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { api, type Message, told } from '../../api/client.ts'
import { useMay } from '../../me/me.ts'
import { ProblemCard } from '../../problem/problem-card.tsx'
import { Section } from '../../ui/page.tsx'
import { Ago } from '../../ui/time.tsx'
import { Waiting } from '../../ui/waiting.tsx'
import { useWords } from '../../words/words.ts'
import { tokensQuery } from './queries.ts'
import { words } from './words.ts'

const NewToken = lazy(() => import('./new-token.tsx'))

/** What programs call with in the person's name. */
export function TokensSection() {
  const say = useWords(words)
  const may = useMay()
  const [isMaking, setMaking] = useState(false)
  const { data, error } = useQuery(tokensQuery)
  return (
    <Section
      title={say('tokens')}
      actions={
        may('IdentityService_CreateToken') && (
          <Button onClick={() => setMaking(true)}>{say('newToken')}</Button>
        )
      }
    >
      {error && <ProblemCard of={error} />}
      {!data && !error && <Waiting what={say('waiting')} />}
      {data?.tokens.length === 0 && <p className="quiet">{say('noTokens')}</p>}
      {data && data.tokens.length > 0 && (
        <ul className="rows">
          {data.tokens.toReversed().map((token) => (
            <TokenRow key={token.id} of={token} />
          ))}
        </ul>
      )}
      {isMaking && (
        <Suspense>
          <NewToken onClose={() => setMaking(false)} />
        </Suspense>
      )}
    </Section>
  )
}

function TokenRow({ of: token }: { of: Message<'identity.v1.Token'> }) {
  const say = useWords(words)
  const queries = useQueryClient()
  const revoke = useMutation({
    mutationFn: () => told(api.DELETE('/api/v1/tokens/{id}', { params: { path: { id: token.id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  })
  return (
    <li className="row">
      <strong>{token.name}</strong>
      <span className="quiet">
        {say(token.scope === 'read' ? 'read' : 'write')} · {say('lastUsed')}{' '}
        {token.lastUsedAt ? <Ago at={token.lastUsedAt} /> : say('never')} ·{' '}
        {token.state === 'expired' ? (
          say('expired')
        ) : (
          <>
            {say('expires')} <Ago at={token.expiresAt} />
          </>
        )}
      </span>
      <Popconfirm
        title={say('revokeSure')}
        okText={say('revoke')}
        okButtonProps={{ danger: true }}
        cancelText={say('cancel')}
        onConfirm={() => revoke.mutate()}
      >
        <Button size="small" danger loading={revoke.isPending}>
          {say('revoke')}
        </Button>
      </Popconfirm>
      {revoke.error && <ProblemCard of={revoke.error} />}
    </li>
  )
}
