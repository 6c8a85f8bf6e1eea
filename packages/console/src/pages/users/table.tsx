import { Switch, Table, type TableProps } from 'antd'
import { useMay, useMe } from '../../me/me.ts'
import { ProblemCard } from '../../problem/problem-card.tsx'
import { Mark } from '../../ui/mark.tsx'
import { Ago } from '../../ui/time.tsx'
import type { User } from '../../user/queries.ts'
import { useWords } from '../../words/words.ts'
import { UserActions } from './actions.tsx'
import { useChangeUser } from './change.ts'
import type { MadeLink } from './link-once.tsx'
import { words } from './words.ts'

/** People, with what may be done about each. */
export function UserTable({ users, onLink }: { users: User[]; onLink: (made: MadeLink) => void }) {
  const say = useWords(words)
  const { user: self } = useMe()
  const columns: TableProps<User>['columns'] = [
    {
      title: say('name'),
      render: (_, { id, name }) => (
        <>
          <strong>{name}</strong> {id === self?.id && <span className="quiet">({say('you')})</span>}
        </>
      ),
    },
    {
      title: say('state'),
      render: (_, { enabled }) => (
        <Mark tone={enabled ? 'good' : 'idle'}>{say(enabled ? 'enabled' : 'disabled')}</Mark>
      ),
    },
    { title: say('administrator'), render: (_, user) => <Administrator of={user} /> },
    { title: say('since'), responsive: ['md'], render: (_, { createdAt }) => <Ago at={createdAt} /> },
    { title: say('actions'), render: (_, user) => <UserActions of={user} onLink={onLink} /> },
  ]
  return (
    <div className="table">
      <Table
        size="middle"
        rowKey="id"
        columns={columns}
        dataSource={users}
        pagination={false}
        locale={{ emptyText: <span className="quiet">{say('none')}</span> }}
      />
    </div>
  )
}

function Administrator({ of: user }: { of: User }) {
  const say = useWords(words)
  const may = useMay()
  const change = useChangeUser(user)
  const { name, administrator } = user
  return (
    <>
      <Switch
        aria-label={say('administratorOf', { name })}
        checked={administrator}
        disabled={!may('IdentityService_UpdateUser')}
        loading={change.isPending}
        onChange={(wanted) => change.mutate({ administrator: wanted })}
      />
      {change.error && <ProblemCard of={change.error} />}
    </>
  )
}
