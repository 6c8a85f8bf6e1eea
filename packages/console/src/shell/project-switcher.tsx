import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Select } from 'antd'
import { useProjectHere } from '../project/here.ts'
import { projectsQuery } from '../project/queries.ts'
import { useWords } from '../words/words.ts'
import { words } from './words.ts'

/** Shows which project this is, and goes to another one. */
export function ProjectSwitcher() {
  const say = useWords(words)
  const here = useProjectHere()
  const navigate = useNavigate()
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery(projectsQuery)
  const projects = data?.pages.flatMap((page) => page.projects) ?? []
  if (data && projects.length === 0) return <span className="quiet">{say('noProject')}</span>
  return (
    <Select
      className="project-switcher"
      aria-label={say('project')}
      value={projects.some(({ id }) => id === here) ? here : undefined}
      placeholder={say('project')}
      options={projects.map(({ id, name }) => ({ value: id, label: name }))}
      showSearch={{ optionFilterProp: 'label' }}
      popupMatchSelectWidth={false}
      loading={!data}
      onPopupScroll={({ currentTarget }) => {
        const { scrollTop, clientHeight, scrollHeight } = currentTarget
        if (hasNextPage && scrollTop + clientHeight > scrollHeight - 40) void fetchNextPage()
      }}
      onChange={(project) => void navigate({ to: '/projects/$project', params: { project } })}
    />
  )
}
