import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Button, Popconfirm, Table, type TableProps } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { api, told } from '../../../api/client.ts'
import { type Credential, credentialsQuery } from '../../../credential/queries.ts'
import { useMay } from '../../../me/me.ts'
import { ProblemCard } from '../../../problem/problem-card.tsx'
import { Page } from '../../../ui/page.tsx'
import { Ago } from '../../../ui/time.tsx'
import { Waiting } from '../../../ui/waiting.tsx'
import { useWords } from '../../../words/words.ts'
import { words } from './credentials/words.ts'

const CredentialForm = lazy(() => import('./credentials/form.tsx'))
const JumpHostKey = lazy(() => import('./credentials/jump-host-key.tsx'))

/** How Slipway logs in to a project's hosts. */
export default function Credentials() {
  const say = useWords(words)
  const { project } = useParams({ from: '/shell/projects/$project/credentials' })
  const { add } = useSearch({ from: '/shell/projects/$project/credentials' })
  const navigate = useNavigate({ from: '/projects/$project/credentials' })
  const may = useMay(project)
  const { data, error, refetch } = useQuery(credentialsQuery(project))
  return (
    <Page
      title={say('title')}
      aside={say('aside')}
      actions={
        may('CredentialService_CreateCredential') && (
          <Button type="primary" onClick={() => void navigate({ search: { add: true } })}>
            {say('create')}
          </Button>
        )
      }
    >
      {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
      {!data && !error && <Waiting what={say('waiting')} />}
      {data && <CredentialTable project={project} credentials={data.credentials} />}
      {add && (
        <Suspense>
          <CredentialForm project={project} onClose={() => void navigate({ search: {} })} />
        </Suspense>
      )}
    </Page>
  )
}

function CredentialTable({ project, credentials }: { project: string; credentials: Credential[] }) {
  const say = useWords(words)
  const may = useMay(project)
  const isActed = may('CredentialService_DeleteCredential')
  const columns: TableProps<Credential>['columns'] = [
    { title: say('name'), dataIndex: 'name', render: (name: string) => <strong>{name}</strong> },
    { title: say('user'), render: (_, { user }) => <span className="code">{user}</span> },
    {
      title: say('kind'),
      render: (_, { kind }) => say(kind === 'password' ? 'password' : 'private-key'),
    },
    {
      title: say('sudo'),
      responsive: ['md'],
      render: (_, { sudoWithPassword }) => say(sudoWithPassword ? 'sudoWith' : 'sudoWithout'),
    },
    { title: say('jump'), render: (_, credential) => <Jump of={credential} /> },
    { title: say('created'), responsive: ['md'], render: (_, { createdAt }) => <Ago at={createdAt} /> },
    ...(isActed
      ? [{ title: say('actions'), render: (_: unknown, one: Credential) => <Acts of={one} /> }]
      : []),
  ]
  return (
    <div className="table">
      <Table
        size="middle"
        rowKey="id"
        columns={columns}
        dataSource={credentials}
        pagination={false}
        locale={{ emptyText: <span className="quiet">{say('none')}</span> }}
      />
    </div>
  )
}

function Jump({ of: { jumpHost, jumpHostKey } }: { of: Credential }) {
  const say = useWords(words)
  if (!jumpHost) return <span className="quiet">{say('direct')}</span>
  return (
    <>
      <div className="code">{`${jumpHost.address}:${jumpHost.port}`}</div>
      <div className="quiet">
        {say('jumpKey')}: <span className="code">{jumpHostKey || say('noJumpKey')}</span>
      </div>
    </>
  )
}

function Acts({ of: credential }: { of: Credential }) {
  const say = useWords(words)
  const { project, id, name, jumpHost } = credential
  const may = useMay(project)
  const queries = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const remove = useMutation({
    mutationFn: () =>
      told(api.DELETE('/api/v1/projects/{project}/credentials/{id}', { params: { path: { project, id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: credentialsQuery(project).queryKey }),
  })
  return (
    <div className="stack">
      <div className="actions">
        {jumpHost && may('CredentialService_AcceptJumpHostKey') && (
          <Button size="small" onClick={() => setOpen(true)}>
            {say('acceptKey')}
          </Button>
        )}
        <Popconfirm
          title={say('deleteSure', { name })}
          description={say('deleteWhy')}
          okText={say('delete')}
          okButtonProps={{ danger: true }}
          cancelText={say('cancel')}
          onConfirm={() => remove.mutate()}
        >
          <Button size="small" danger loading={remove.isPending}>
            {say('delete')}
          </Button>
        </Popconfirm>
      </div>
      {remove.error && <ProblemCard of={remove.error} />}
      {isOpen && (
        <Suspense>
          <JumpHostKey of={credential} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </div>
  )
}
