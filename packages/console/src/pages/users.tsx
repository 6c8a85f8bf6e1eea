import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useMay } from '../me/me.ts'
import { ProblemCard } from '../problem/problem-card.tsx'
import { Finder } from '../ui/finder.tsx'
import { Page } from '../ui/page.tsx'
import { Pager } from '../ui/pager.tsx'
import { Waiting } from '../ui/waiting.tsx'
import { usersPageQuery } from '../user/queries.ts'
import { useWords } from '../words/words.ts'
import { LinkOnce, type MadeLink } from './users/link-once.tsx'
import { NewUser } from './users/new-user.tsx'
import { UserTable } from './users/table.tsx'
import { words } from './users/words.ts'

const PAGE_SIZE = 50

/** Who may sign in to this install, and who is its administrator. */
export default function Users() {
  const say = useWords(words)
  const may = useMay()
  const { search, before = [], add } = useSearch({ from: '/shell/users' })
  const navigate = useNavigate({ from: '/users' })
  const found = search ? { search } : {}
  const [made, setMade] = useState<MadeLink>()
  const { data, error, refetch } = useQuery(
    usersPageQuery({ search, pageToken: before.at(-1), pageSize: PAGE_SIZE }),
  )
  return (
    <Page
      title={say('title')}
      aside={say('aside')}
      actions={
        may('IdentityService_CreateUser') && (
          <Button type="primary" onClick={() => void navigate({ search: { ...found, add: true } })}>
            {say('create')}
          </Button>
        )
      }
    >
      <div className="filters">
        <Finder
          label={say('search')}
          value={search ?? ''}
          onFind={(text) => void navigate({ search: text ? { search: text } : {}, replace: true })}
        />
      </div>
      {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
      {!data && !error && <Waiting what={say('waiting')} />}
      {data && <UserTable users={data.users} onLink={setMade} />}
      <Pager
        before={before}
        next={data?.nextPageToken}
        onMove={(moved) =>
          void navigate({ search: { ...found, ...(moved.length ? { before: moved } : {}) } })
        }
      />
      {add && (
        <NewUser
          onMade={(link) => {
            setMade(link)
            void navigate({ search: found })
          }}
          onClose={() => void navigate({ search: found })}
        />
      )}
      {made && <LinkOnce of={made} onClose={() => setMade(undefined)} />}
    </Page>
  )
}
