import { Switch } from 'antd'
import { useState } from 'react'
import { api, told } from '../../../../../api/client.ts'
import { PlannedChange } from '../../../../../cluster/plan/planned-change.tsx'
import type { Cluster } from '../../../../../cluster/queries.ts'
import { defineWords, useWords } from '../../../../../words/words.ts'
import { Option } from './option.tsx'

const words = defineWords('cluster-danger', {
  en: {
    title: 'Delete {{name}}',
    why: 'All workloads and all data inside the cluster are lost. Hosts are cleaned and free again.',
    leave: 'Leave hosts behind that can’t be reached',
    leaveWhy: 'The operation then names them; they have to be cleaned before they are used again.',
    forget: 'Forget it only',
    forgetWhy:
      'Hosts are left as they are: the cluster goes on running, and Slipway knows nothing of it any more.',
    delete: 'Delete the cluster',
    forgetIt: 'Forget the cluster',
    gone: 'The cluster is deleted.',
    begun: 'It is being deleted; above stands how far it is.',
  },
  'zh-CN': {
    title: '删除 {{name}}',
    why: '集群内的所有工作负载和数据都会丢失。主机会被清理并重新变为空闲。',
    leave: '放弃无法连接的主机',
    leaveWhy: '操作会列出这些主机；再次使用前需要先清理。',
    forget: '仅移出管理',
    forgetWhy: '主机保持原样：集群继续运行，但 Slipway 不再管理它。',
    delete: '删除集群',
    forgetIt: '移出管理',
    gone: '集群已删除。',
    begun: '正在删除；进度见上方。',
  },
  'zh-TW': {
    title: '刪除 {{name}}',
    why: '叢集內的所有工作負載和資料都會遺失。主機會被清理並重新變為閒置。',
    leave: '放棄無法連線的主機',
    leaveWhy: '操作會列出這些主機；再次使用前需要先清理。',
    forget: '僅移出管理',
    forgetWhy: '主機保持原樣：叢集繼續運作，但 Slipway 不再管理它。',
    delete: '刪除叢集',
    forgetIt: '移出管理',
    gone: '叢集已刪除。',
    begun: '正在刪除；進度見上方。',
  },
})

/** Takes a cluster away: with its plan, and the name typed. */
export default function Danger({ project, cluster }: { project: string; cluster: Cluster }) {
  const say = useWords(words)
  const [leaveUnreachable, setLeave] = useState(false)
  const [forget, setForget] = useState(false)
  const wish = { forget, leaveUnreachable: leaveUnreachable && !forget }
  const [isBegun, setBegun] = useState(false)
  if (isBegun && cluster.state === 'deleting') return <p role="status">{say('begun')}</p>
  if (cluster.state === 'deleted') return <p className="quiet">{say('gone')}</p>
  return (
    <div className="panel danger stack">
      <h2>{say('title', { name: cluster.name })}</h2>
      <p>{say('why')}</p>
      <Option label={say('leave')} why={say('leaveWhy')}>
        {(props) => (
          <Switch {...props} disabled={forget} checked={wish.leaveUnreachable} onChange={setLeave} />
        )}
      </Option>
      <Option label={say('forget')} why={say('forgetWhy')}>
        {(props) => <Switch {...props} checked={forget} onChange={setForget} />}
      </Option>
      <PlannedChange
        wish={{ delete: cluster.id, ...wish }}
        ask={(how, key) =>
          told(
            api.DELETE('/api/v1/projects/{project}/clusters/{id}', {
              params: {
                path: { project, id: cluster.id },
                query: { ...wish, ...how },
                header: { 'Idempotency-Key': key },
              },
            }),
          )
        }
        begin={say(forget ? 'forgetIt' : 'delete')}
        isDanger
        queues
        typed={cluster.name}
        onBegun={() => setBegun(true)}
      />
    </div>
  )
}
