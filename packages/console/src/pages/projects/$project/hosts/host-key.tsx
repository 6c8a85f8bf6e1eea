import { useMutation } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { api, told } from '../../../../api/client.ts'
import { type Host, useHostsChanged } from '../../../../host/queries.ts'
import { ProblemCard } from '../../../../problem/problem-card.tsx'
import { defineWords, useWords } from '../../../../words/words.ts'

const words = defineWords('host-key', {
  en: {
    title: 'The host key of {{name}} has changed',
    known: 'Known: what Slipway pinned at first contact',
    shown: 'Shown: what answers at {{address}} now',
    harmless: 'Harmless when you know why: the machine was installed anew, or its keys were made anew.',
    harmful:
      'Otherwise another machine answers at this address, or somebody sits between: with the key accepted, it would get the credential’s login and become part of clusters.',
    compare:
      'Read the key on the machine itself, by its console and not by SSH, and compare it with the shown one:',
    accept: 'It is this machine: accept the shown key',
    leave: 'Leave it shut',
    gone: 'It shows the known key again; there is nothing to accept.',
  },
  'zh-CN': {
    title: '{{name}} 的主机密钥已变更',
    known: '已记录：Slipway 首次连接时记录的密钥',
    shown: '当前：{{address}} 现在出示的密钥',
    harmless: '如果您清楚原因（例如重装了系统或重新生成了密钥），则没有问题。',
    harmful:
      '否则，可能是另一台机器在此地址应答，或有人在中间拦截：一旦接受，它将获得凭据的登录权限，并可能加入集群。',
    compare: '请通过控制台（不要通过 SSH）在机器上读取密钥，并与当前出示的密钥核对：',
    accept: '确认是这台机器，接受当前密钥',
    leave: '保持拒绝',
    gone: '主机又出示了已记录的密钥，没有需要接受的内容。',
  },
  'zh-TW': {
    title: '{{name}} 的主機金鑰已變更',
    known: '已記錄：Slipway 首次連線時記錄的金鑰',
    shown: '目前：{{address}} 現在出示的金鑰',
    harmless: '如果您清楚原因（例如重裝了系統或重新產生了金鑰），則沒有問題。',
    harmful:
      '否則，可能是另一台機器在此位址回應，或有人在中間攔截：一旦接受，它將獲得憑證的登入權限，並可能加入叢集。',
    compare: '請透過主控台（不要透過 SSH）在機器上讀取金鑰，並與目前出示的金鑰核對：',
    accept: '確認是這台機器，接受目前金鑰',
    leave: '保持拒絕',
    gone: '主機又出示了已記錄的金鑰，沒有需要接受的內容。',
  },
})

const COMMAND = 'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done'

/** Lets a person decide about another host key: both beside each other, what it means, yes or no. */
export default function HostKey({ host, onClose }: { host: Host; onClose: () => void }) {
  const say = useWords(words)
  const { project, id, name, address, hostKey, presentedHostKey } = host
  const changed = useHostsChanged(project)
  const accept = useMutation({
    mutationFn: () =>
      told(
        api.POST('/api/v1/projects/{project}/hosts/{id}/host-key', {
          params: { path: { project, id } },
          body: { fingerprint: presentedHostKey },
        }),
      ),
    onSuccess: async () => {
      await changed()
      onClose()
    },
  })
  return (
    <Modal
      open
      width={640}
      title={say('title', { name })}
      onCancel={onClose}
      footer={
        <div className="actions key-actions">
          <Button onClick={onClose} autoFocus>
            {say('leave')}
          </Button>
          {presentedHostKey && (
            <Button danger loading={accept.isPending} onClick={() => accept.mutate()}>
              {say('accept')}
            </Button>
          )}
        </div>
      }
    >
      {presentedHostKey ? (
        <div className="stack">
          <div className="keys">
            <Key title={say('known')} of={hostKey} />
            <Key title={say('shown', { address })} of={presentedHostKey} />
          </div>
          <p>{say('harmless')}</p>
          <p>{say('harmful')}</p>
          <div>
            <p>{say('compare')}</p>
            <p className="code command">{COMMAND}</p>
          </div>
          {accept.error && <ProblemCard of={accept.error} />}
        </div>
      ) : (
        <p>{say('gone')}</p>
      )}
    </Modal>
  )
}

function Key({ title, of: fingerprint }: { title: string; of: string }) {
  return (
    <figure className="panel key">
      <figcaption className="quiet">{title}</figcaption>
      <span className="code reason">{fingerprint}</span>
    </figure>
  )
}
