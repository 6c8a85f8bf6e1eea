import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Checkbox, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { api, told } from '../../api/client.ts'
import { besideFields } from '../../problem/beside-fields.ts'
import { type Fault, Problem } from '../../problem/problem.ts'
import { ProblemCard } from '../../problem/problem-card.tsx'
import { USERS } from '../../user/queries.ts'
import { useWords } from '../../words/words.ts'
import { linkOf, type MadeLink } from './link-once.tsx'
import { words } from './words.ts'

type Typed = { name: string; administrator: boolean }

/** Makes a person; the link to hand over goes to `onMade`. */
export function NewUser({ onMade, onClose }: { onMade: (link: MadeLink) => void; onClose: () => void }) {
  const say = useWords(words)
  const queries = useQueryClient()
  const [form] = Form.useForm<Typed>()
  const [rest, setRest] = useState<Fault[]>([])
  const create = useMutation({
    mutationFn: (body: Typed) => told(api.POST('/api/v1/users', { body })),
    onSuccess: (made) => {
      onMade(linkOf(made))
      return queries.invalidateQueries({ queryKey: USERS })
    },
    onError: (thrown) => setRest(besideFields(form, Problem.of(thrown), ['name'])),
  })
  return (
    <Modal
      open
      title={say('create')}
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
        initialValues={{ administrator: false }}
        onFinish={(typed) => create.mutate(typed)}
      >
        <Form.Item
          name="name"
          label={say('name')}
          extra={say('nameHint')}
          rules={[{ required: true, message: say('needed') }]}
        >
          <Input autoFocus autoCapitalize="off" autoComplete="off" spellCheck={false} maxLength={63} />
        </Form.Item>
        <Form.Item name="administrator" valuePropName="checked" extra={say('administratorHint')}>
          <Checkbox>{say('administrator')}</Checkbox>
        </Form.Item>
        {create.error && (rest.length > 0 || Problem.of(create.error).faults.length === 0) && (
          <ProblemCard of={create.error} faults={rest} />
        )}
      </Form>
    </Modal>
  )
}
