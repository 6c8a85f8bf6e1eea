import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { api, told } from '../../api/client.ts'
import { besideFields } from '../../problem/beside-fields.ts'
import { type Fault, Problem } from '../../problem/problem.ts'
import { ProblemCard } from '../../problem/problem-card.tsx'
import { Copied } from '../../ui/copied.tsx'
import { useWords } from '../../words/words.ts'
import { tokensQuery } from './queries.ts'
import { words } from './words.ts'

type Typed = { name: string; scope: 'read' | 'write'; days: number }

const DAYS = [1, 7, 30, 90, 365]

/** Makes a token, and shows it the one time that it is shown. */
export default function NewToken({ onClose }: { onClose: () => void }) {
  const say = useWords(words)
  const queries = useQueryClient()
  const [form] = Form.useForm<Typed>()
  const [rest, setRest] = useState<Fault[]>([])
  const create = useMutation({
    mutationFn: ({ name, scope, days }: Typed) =>
      told(api.POST('/api/v1/tokens', { body: { name, scope, expiresInHours: days * 24 } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
    onError: (thrown) => setRest(besideFields(form, Problem.of(thrown), ['name', 'scope'])),
  })
  if (create.data) {
    const { secret, token } = create.data
    return (
      <Modal
        open
        closable={false}
        title={say('secretTitle', { name: token?.name ?? '' })}
        footer={
          <Button type="primary" onClick={onClose}>
            {say('done')}
          </Button>
        }
      >
        <div className="stack">
          <Alert type="warning" showIcon title={say('secretWarning')} />
          <Copied text={secret} label={say('secretTitle', { name: token?.name ?? '' })} />
        </div>
      </Modal>
    )
  }
  return (
    <Modal
      open
      title={say('newToken')}
      onCancel={onClose}
      okText={say('create')}
      cancelText={say('cancel')}
      okButtonProps={{ loading: create.isPending }}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ scope: 'read', days: 30 }}
        onFinish={(typed) => create.mutate(typed)}
      >
        <Form.Item name="name" label={say('name')} rules={[{ required: true, message: say('needed') }]}>
          <Input autoFocus maxLength={63} />
        </Form.Item>
        <Form.Item name="scope" label={say('scope')}>
          <Select options={(['read', 'write'] as const).map((value) => ({ value, label: say(value) }))} />
        </Form.Item>
        <Form.Item name="days" label={say('days')}>
          <Select options={DAYS.map((value) => ({ value, label: say('daysOf', { count: value }) }))} />
        </Form.Item>
        {create.error && (rest.length > 0 || Problem.of(create.error).faults.length === 0) && (
          <ProblemCard of={create.error} faults={rest} />
        )}
      </Form>
    </Modal>
  )
}
