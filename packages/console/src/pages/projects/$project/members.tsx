import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Button, Popconfirm, Select } from 'antd'
import { useState } from 'react'
import { api, type Message, told } from '../../../api/client.ts'
import { useMay } from '../../../me/me.ts'
import { ProblemCard } from '../../../problem/problem-card.tsx'
import { membersQuery } from '../../../project/members.ts'
import { Page } from '../../../ui/page.tsx'
import { Waiting } from '../../../ui/waiting.tsx'
import { usersQuery } from '../../../user/queries.ts'
import { defineWords, useWords } from '../../../words/words.ts'

const words = defineWords('members', {
  en: {
    title: 'Members',
    aside:
      'Who sees this project, and who changes what is in it. Administrators of the install may do all of it.',
    operator: 'Operator: changes hosts and clusters',
    viewer: 'Viewer: sees everything, changes nothing',
    person: 'Person',
    role: 'Role',
    roleOf: 'Role of {{name}}',
    add: 'Make a member',
    remove: 'Remove',
    removeSure: 'Take {{name}} out of this project?',
    cancel: 'Cancel',
    none: 'Nobody is a member yet: only administrators see this project.',
    waiting: 'Reading the members …',
  },
  'zh-CN': {
    title: '成员',
    aside: '谁可以查看此项目，谁可以更改其中的内容。平台管理员拥有全部权限。',
    operator: '操作员：可更改主机和集群',
    viewer: '查看者：可查看所有内容，不可更改',
    person: '用户',
    role: '角色',
    roleOf: '{{name}} 的角色',
    add: '添加成员',
    remove: '移除',
    removeSure: '将 {{name}} 移出此项目？',
    cancel: '取消',
    none: '还没有成员：只有管理员可以看到此项目。',
    waiting: '正在读取成员…',
  },
  'zh-TW': {
    title: '成員',
    aside: '誰可以檢視此專案，誰可以變更其中的內容。平台管理員擁有全部權限。',
    operator: '操作員：可變更主機和叢集',
    viewer: '檢視者：可檢視所有內容，不可變更',
    person: '使用者',
    role: '角色',
    roleOf: '{{name}} 的角色',
    add: '加入成員',
    remove: '移除',
    removeSure: '將 {{name}} 移出此專案？',
    cancel: '取消',
    none: '還沒有成員：只有管理員可以看到此專案。',
    waiting: '正在讀取成員…',
  },
})

type Role = 'operator' | 'viewer'
const roles = ['operator', 'viewer'] as const

/** Makes somebody a member, or changes the role. */
function useSetMember(project: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ user, role }: { user: string; role: Role }) =>
      told(
        api.PUT('/api/v1/projects/{project}/members/{user}', {
          params: { path: { project, user } },
          body: { role },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: membersQuery(project).queryKey }),
  })
}

/** Who may see and change a project. */
export default function Members() {
  const say = useWords(words)
  const { project } = useParams({ from: '/shell/projects/$project/members' })
  const may = useMay(project)
  const { data, error, refetch } = useQuery(membersQuery(project))
  return (
    <Page title={say('title')} aside={say('aside')} narrow>
      <div className="stack">
        {may('ProjectService_SetMember') && data && (
          <NewMember project={project} present={data.members.map(({ user }) => user)} />
        )}
        {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
        {!data && !error && <Waiting what={say('waiting')} />}
        {data?.members.length === 0 && <p className="quiet">{say('none')}</p>}
        {data && data.members.length > 0 && (
          <ul className="rows">
            {data.members.map((member) => (
              <MemberRow key={member.user} project={project} of={member} />
            ))}
          </ul>
        )}
      </div>
    </Page>
  )
}

function NewMember({ project, present }: { project: string; present: readonly string[] }) {
  const say = useWords(words)
  const { data, error } = useQuery(usersQuery)
  const [user, setUser] = useState<string>()
  const [role, setRole] = useState<Role>('viewer')
  const add = useSetMember(project)
  const others = data?.users.filter(({ id }) => !present.includes(id)) ?? []
  return (
    <div>
      <div className="filters">
        <Select
          className="filter"
          aria-label={say('person')}
          placeholder={say('person')}
          showSearch={{ optionFilterProp: 'label' }}
          value={user}
          options={others.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={setUser}
        />
        <RoleSelect label={say('role')} value={role} onChange={setRole} />
        <Button
          type="primary"
          disabled={!user}
          loading={add.isPending}
          onClick={() => user && add.mutate({ user, role }, { onSuccess: () => setUser(undefined) })}
        >
          {say('add')}
        </Button>
      </div>
      {(error || add.error) && <ProblemCard of={error ?? add.error} />}
    </div>
  )
}

function MemberRow({ project, of: member }: { project: string; of: Message<'project.v1.Member'> }) {
  const say = useWords(words)
  const may = useMay(project)
  const queries = useQueryClient()
  const set = useSetMember(project)
  const { user, userName: name } = member
  const role = roles.find((one) => one === member.role) ?? 'viewer'
  const remove = useMutation({
    mutationFn: () =>
      told(api.DELETE('/api/v1/projects/{project}/members/{user}', { params: { path: { project, user } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: membersQuery(project).queryKey }),
  })
  const problem = set.error ?? remove.error
  return (
    <li className="row">
      <strong>{name}</strong>
      {may('ProjectService_SetMember') ? (
        <RoleSelect
          label={say('roleOf', { name })}
          value={role}
          onChange={(wanted) => set.mutate({ user, role: wanted })}
        />
      ) : (
        <span>{say(role)}</span>
      )}
      {may('ProjectService_RemoveMember') && (
        <Popconfirm
          title={say('removeSure', { name })}
          okText={say('remove')}
          okButtonProps={{ danger: true }}
          cancelText={say('cancel')}
          onConfirm={() => remove.mutate()}
        >
          <Button size="small" danger loading={remove.isPending}>
            {say('remove')}
          </Button>
        </Popconfirm>
      )}
      {problem && <ProblemCard of={problem} />}
    </li>
  )
}

function RoleSelect({
  label,
  value,
  onChange,
}: {
  label: string
  value: Role
  onChange: (role: Role) => void
}) {
  const say = useWords(words)
  return (
    <Select<Role>
      className="filter"
      aria-label={label}
      value={value}
      options={roles.map((one) => ({ value: one, label: say(one) }))}
      popupMatchSelectWidth={false}
      onChange={onChange}
    />
  )
}
