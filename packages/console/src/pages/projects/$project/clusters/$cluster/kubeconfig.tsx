import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Select } from 'antd'
import { useId, useState } from 'react'
import { api, told } from '../../../../../api/client.ts'
import type { Cluster } from '../../../../../cluster/queries.ts'
import { ProblemCard } from '../../../../../problem/problem-card.tsx'
import { Copied } from '../../../../../ui/copied.tsx'
import { download } from '../../../../../ui/download.ts'
import { durationOf, useNow } from '../../../../../ui/time.tsx'
import { defineWords, useWords } from '../../../../../words/words.ts'

const words = defineWords('cluster-kubeconfig', {
  en: {
    why: 'A kubeconfig of your own, by a certificate that carries your name and the rights of your role in this project. It can’t be revoked, so it is short-lived; make another whenever you need one.',
    minutes: 'Good for',
    minutesOf: '{{count}} minutes',
    make: 'Make a kubeconfig',
    another: 'Make another',
    ready: 'Good for {{left}} more',
    over: 'It has expired; make another',
    download: 'Download {{name}}',
    how: 'How to use it',
    command: 'Command',
    notRunning: 'There is one when the cluster runs.',
  },
  'zh-CN': {
    why: '您个人的 kubeconfig，其证书包含您的名称和您在此项目中角色的权限。它无法吊销，因此有效期很短；需要时可随时再创建。',
    minutes: '有效期',
    minutesOf: '{{count}} 分钟',
    make: '创建 kubeconfig',
    another: '再创建一个',
    ready: '剩余有效期 {{left}}',
    over: '已过期，请再创建一个',
    download: '下载 {{name}}',
    how: '使用方法',
    command: '命令',
    notRunning: '集群运行后才能创建。',
  },
  'zh-TW': {
    why: '您個人的 kubeconfig，其憑證包含您的名稱和您在此專案中角色的權限。它無法撤銷，因此有效期很短；需要時可隨時再建立。',
    minutes: '有效期',
    minutesOf: '{{count}} 分鐘',
    make: '建立 kubeconfig',
    another: '再建立一個',
    ready: '剩餘有效期 {{left}}',
    over: '已過期，請再建立一個',
    download: '下載 {{name}}',
    how: '使用方法',
    command: '命令',
    notRunning: '叢集運作後才能建立。',
  },
})

const MINUTES = [10, 30, 60]

/** Makes a short-lived kubeconfig for the person who asks, and says how long it is good for and how it is used. */
export default function Kubeconfig({ project, cluster }: { project: string; cluster: Cluster }) {
  const say = useWords(words)
  const id = useId()
  const [minutes, setMinutes] = useState(60)
  const make = useMutation({
    mutationFn: () =>
      told(
        api.POST('/api/v1/projects/{project}/clusters/{id}/kubeconfigs', {
          params: { path: { project, id: cluster.id } },
          body: { minutes },
        }),
      ),
    gcTime: 0,
  })
  const file = `${cluster.name}.kubeconfig`
  if (cluster.state !== 'running') return <p className="quiet">{say('notRunning')}</p>
  return (
    <div className="stack narrow-part">
      <p>{say('why')}</p>
      <div className="plan-begin">
        <div className="stack-tight">
          <label htmlFor={id}>{say('minutes')}</label>
          <Select
            id={id}
            className="filter"
            value={minutes}
            options={MINUTES.map((value) => ({ value, label: say('minutesOf', { count: value }) }))}
            onChange={setMinutes}
          />
        </div>
        <Button
          type={make.data ? 'default' : 'primary'}
          loading={make.isPending}
          onClick={() => make.mutate()}
        >
          {say(make.data ? 'another' : 'make')}
        </Button>
      </div>
      {make.error && <ProblemCard of={make.error} />}
      {make.data && (
        <div className="panel stack">
          <Left until={make.data.expiresAt} />
          <div>
            <Button type="primary" onClick={() => download(file, make.data.kubeconfig)}>
              {say('download', { name: file })}
            </Button>
          </div>
          <h2>{say('how')}</h2>
          <Copied text={`kubectl --kubeconfig ${file} get nodes`} label={say('command')} />
        </div>
      )}
    </div>
  )
}

function Left({ until }: { until: string | undefined }) {
  const say = useWords(words)
  const now = useNow()
  const seconds = Math.round((Date.parse(until ?? '') - now) / 1000)
  if (seconds <= 0) return <Alert type="warning" showIcon title={say('over')} />
  return <p className="number">{say('ready', { left: durationOf(seconds) })}</p>
}
