import { useMutation } from '@tanstack/react-query'
import { Button, Popconfirm } from 'antd'
import { api, told } from '../../api/client.ts'
import { useMay } from '../../me/me.ts'
import { ProblemCard } from '../../problem/problem-card.tsx'
import type { User } from '../../user/queries.ts'
import { useWords } from '../../words/words.ts'
import { useChangeUser } from './change.ts'
import { linkOf, type MadeLink } from './link-once.tsx'
import { words } from './words.ts'

/** Disables, enables, and makes a new link for somebody who lost access. */
export function UserActions({ of: user, onLink }: { of: User; onLink: (made: MadeLink) => void }) {
  const say = useWords(words)
  const may = useMay()
  const { id, name, enabled } = user
  const change = useChangeUser(user)
  const renew = useMutation({
    mutationFn: () => told(api.POST('/api/v1/users/{id}/enrolment-codes', { params: { path: { id } } })),
    onSuccess: (made) => onLink(linkOf(made)),
  })
  const problem = change.error ?? renew.error
  return (
    <>
      <div className="actions">
        {enabled && may('IdentityService_CreateEnrolmentCode') && (
          <Popconfirm
            title={say('newLinkSure', { name })}
            okText={say('newLink')}
            cancelText={say('cancel')}
            onConfirm={() => renew.mutate()}
          >
            <Button size="small" loading={renew.isPending}>
              {say('newLink')}
            </Button>
          </Popconfirm>
        )}
        {may('IdentityService_UpdateUser') &&
          (enabled ? (
            <Popconfirm
              title={say('disableSure', { name })}
              okText={say('disable')}
              okButtonProps={{ danger: true }}
              cancelText={say('cancel')}
              onConfirm={() => change.mutate({ enabled: false })}
            >
              <Button size="small" danger loading={change.isPending}>
                {say('disable')}
              </Button>
            </Popconfirm>
          ) : (
            <Button size="small" loading={change.isPending} onClick={() => change.mutate({ enabled: true })}>
              {say('enable')}
            </Button>
          ))}
      </div>
      {problem && <ProblemCard of={problem} />}
    </>
  )
}
