import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { ProblemCard } from '../problem/problem-card.tsx'
import { Waiting } from '../ui/waiting.tsx'
import { defineWords, useWords } from '../words/words.ts'
import './free-hosts.css'
import { hostsQuery } from './queries.ts'

const words = defineWords('free-hosts', {
  en: {
    find: 'Find by name or address',
    none: 'No free host is like that.',
    empty: 'The project has no free host that is ready. Add one, then come back: what was typed is kept.',
    more: 'There are more; type a part of the name.',
    take: 'Add',
    takeNamed: 'Add {{name}}',
    machine: '{{cpus}} CPUs, {{memory}} GiB',
    waiting: 'Reading the hosts …',
  },
  'zh-CN': {
    find: '按名称或地址查找',
    none: '没有符合条件的空闲主机。',
    empty: '此项目没有就绪的空闲主机。请先添加，再回到这里：已填写的内容会保留。',
    more: '还有更多；请输入部分名称。',
    take: '添加',
    takeNamed: '添加 {{name}}',
    machine: '{{cpus}} 个 CPU，{{memory}} GiB',
    waiting: '正在读取主机…',
  },
  'zh-TW': {
    find: '按名稱或位址尋找',
    none: '沒有符合條件的閒置主機。',
    empty: '此專案沒有就緒的閒置主機。請先加入，再回到這裡：已填寫的內容會保留。',
    more: '還有更多；請輸入部分名稱。',
    take: '加入',
    takeNamed: '加入 {{name}}',
    machine: '{{cpus}} 個 CPU，{{memory}} GiB',
    waiting: '正在讀取主機…',
  },
})

const ASKED = 500
const SHOWN = 20

/** Hosts that are ready and in no cluster, to be taken one by one. */
export function FreeHosts({
  project,
  taken,
  onTake,
}: {
  project: string
  /** Ids of those that are taken already. */
  taken: readonly string[]
  onTake: (host: string, name: string) => void
}) {
  const say = useWords(words)
  const [search, setSearch] = useState('')
  const { data, error } = useQuery(
    hostsQuery(project, { state: 'ready', orderBy: 'name', pageSize: ASKED, ...(search ? { search } : {}) }),
  )
  const free = data?.hosts.filter(({ id, cluster }) => cluster === '' && !taken.includes(id)) ?? []
  if (error) return <ProblemCard of={error} />
  if (!data) return <Waiting what={say('waiting')} />
  return (
    <div className="stack">
      <Input
        className="finder"
        aria-label={say('find')}
        placeholder={say('find')}
        value={search}
        allowClear
        onChange={({ target }) => setSearch(target.value)}
      />
      {free.length === 0 ? (
        <p className="quiet">{say(search || taken.length > 0 ? 'none' : 'empty')}</p>
      ) : (
        <ul className="rows">
          {free.slice(0, SHOWN).map(({ id, name, address, facts }) => (
            <li key={id} className="free-host">
              <strong>{name}</strong>
              <span className="quiet">
                <span className="code">{address}</span>
                {facts && (
                  <>
                    {' · '}
                    {facts.platform} {facts.architecture} ·{' '}
                    {say('machine', { cpus: facts.cpus, memory: Math.round(facts.memoryMib / 1024) })}
                  </>
                )}
              </span>
              <Button aria-label={say('takeNamed', { name })} onClick={() => onTake(id, name)}>
                {say('take')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {(free.length > SHOWN || data.nextPageToken) && <p className="quiet">{say('more')}</p>}
    </div>
  )
}
