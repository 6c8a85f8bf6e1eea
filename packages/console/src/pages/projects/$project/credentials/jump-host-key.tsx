import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { api, told } from '../../../../api/client.ts'
import { type Credential, credentialsQuery } from '../../../../credential/queries.ts'
import { ProblemCard } from '../../../../problem/problem-card.tsx'
import { useWords } from '../../../../words/words.ts'
import { words } from './words.ts'

/**
 * Takes another key of a jump host for the right one. The person reads it at the jump host and types it here: nothing that came
 * over the wire is offered to be clicked.
 */
export default function JumpHostKey({ of: credential, onClose }: { of: Credential; onClose: () => void }) {
  const say = useWords(words)
  const { project, id, name, jumpHostKey } = credential
  const queries = useQueryClient()
  const [fingerprint, setFingerprint] = useState('')
  const accept = useMutation({
    mutationFn: () =>
      told(
        api.POST('/api/v1/projects/{project}/credentials/{id}/jump-host-key', {
          params: { path: { project, id } },
          body: { fingerprint: fingerprint.trim() },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: credentialsQuery(project).queryKey }),
  })
  return (
    <Modal
      open
      width={640}
      title={say('keyTitle', { name })}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{say('close')}</Button>
          {!accept.isSuccess && (
            <Button
              danger
              disabled={!fingerprint.trim()}
              loading={accept.isPending}
              onClick={() => accept.mutate()}
            >
              {say('accept')}
            </Button>
          )}
        </>
      }
    >
      {accept.isSuccess ? (
        <Alert type="success" showIcon title={say('accepted')} />
      ) : (
        <div className="stack">
          <p>{say('keyIntro')}</p>
          <p className="code command">
            {'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done'}
          </p>
          <p>
            {say('jumpKey')}: <span className="code command">{jumpHostKey || say('noJumpKey')}</span>
          </p>
          <Form layout="vertical" component="div">
            <Form.Item label={say('fingerprint')} htmlFor="fingerprint">
              <Input
                id="fingerprint"
                className="code"
                placeholder="SHA256:…"
                autoComplete="off"
                spellCheck={false}
                value={fingerprint}
                onChange={({ target }) => setFingerprint(target.value)}
              />
            </Form.Item>
          </Form>
          {accept.error && <ProblemCard of={accept.error} />}
        </div>
      )}
    </Modal>
  )
}
