import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Modal } from 'antd'
import { useMay } from '../me/me.ts'
import { ProblemCard } from '../problem/problem-card.tsx'
import { NewProject } from '../project/new-project.tsx'
import { projectsQuery } from '../project/queries.ts'
import { Page } from '../ui/page.tsx'
import { Ago } from '../ui/time.tsx'
import { Waiting } from '../ui/waiting.tsx'
import { defineWords, useWords } from '../words/words.ts'

const words = defineWords('projects', {
  en: {
    title: 'Projects',
    aside: 'A project owns hosts, credentials and clusters; people are members of it.',
    create: 'New project',
    members: 'Members',
    more: 'Show more',
    none: 'You are a member of no project.',
    waiting: 'Reading the projects …',
  },
  'zh-CN': {
    title: '项目',
    aside: '项目拥有主机、凭据和集群；用户是项目的成员。',
    create: '新建项目',
    members: '成员',
    more: '显示更多',
    none: '您还不是任何项目的成员。',
    waiting: '正在读取项目…',
  },
  'zh-TW': {
    title: '專案',
    aside: '專案擁有主機、憑證和叢集；使用者是專案的成員。',
    create: '新增專案',
    members: '成員',
    more: '顯示更多',
    none: '您還不是任何專案的成員。',
    waiting: '正在讀取專案…',
  },
})

/** The projects that a person sees. */
export default function Projects() {
  const say = useWords(words)
  const may = useMay()
  const { add } = useSearch({ from: '/shell/projects' })
  const navigate = useNavigate({ from: '/projects' })
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(projectsQuery)
  const projects = data?.pages.flatMap((page) => page.projects) ?? []
  return (
    <Page
      title={say('title')}
      aside={say('aside')}
      narrow
      actions={
        may('ProjectService_CreateProject') && (
          <Button type="primary" onClick={() => void navigate({ search: { add: true } })}>
            {say('create')}
          </Button>
        )
      }
    >
      {error && <ProblemCard of={error} />}
      {!data && !error && <Waiting what={say('waiting')} />}
      {data && projects.length === 0 && <p className="quiet">{say('none')}</p>}
      {projects.length > 0 && (
        <ul className="rows">
          {projects.map(({ id, name, description, createdAt }) => (
            <li key={id} className="row">
              <Link to="/projects/$project" params={{ project: id }}>
                {name}
              </Link>
              <span className="quiet">{description}</span>
              <span>
                <Link to="/projects/$project/members" params={{ project: id }}>
                  {say('members')}
                </Link>{' '}
                <span className="quiet">
                  <Ago at={createdAt} />
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <div className="pager">
          <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {say('more')}
          </Button>
        </div>
      )}
      {add && (
        <Modal open footer={null} title={say('create')} onCancel={() => void navigate({ search: {} })}>
          <NewProject />
        </Modal>
      )}
    </Page>
  )
}
