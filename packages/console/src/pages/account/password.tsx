import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { api, told } from '../../api/client.ts'
import { meQuery, useMe } from '../../me/me.ts'
import { besideFields } from '../../problem/beside-fields.ts'
import { type Fault, Problem } from '../../problem/problem.ts'
import { ProblemCard } from '../../problem/problem-card.tsx'
import { Section } from '../../ui/page.tsx'
import { useWords } from '../../words/words.ts'
import { words } from './words.ts'

type Typed = { present?: string; password: string }

/** Sets a password, or changes the one that there is. */
export function PasswordSection() {
  const say = useWords(words)
  const { user, hasPassword } = useMe()
  const queries = useQueryClient()
  const [form] = Form.useForm<Typed>()
  const [rest, setRest] = useState<Fault[]>([])
  const change = useMutation({
    mutationFn: ({ password, present = '' }: Typed) =>
      told(api.PUT('/api/v1/me/password', { body: { password, present } })),
    onSuccess: async () => {
      form.resetFields()
      await queries.invalidateQueries({ queryKey: meQuery.queryKey })
      await queries.invalidateQueries({ queryKey: ['sessions'] })
    },
    onError: (thrown) => setRest(besideFields(form, Problem.of(thrown), ['present', 'password'])),
  })
  const required = [{ required: true, message: say('needed') }]
  const hasCard = change.error && (rest.length > 0 || Problem.of(change.error).faults.length === 0)
  return (
    <Section title={say('password')}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        className="panel"
        onFinish={(typed) => change.mutate(typed)}
      >
        <input type="text" hidden readOnly autoComplete="username" value={user?.name} />
        {hasPassword && (
          <Form.Item name="present" label={say('present')} rules={required}>
            <Input.Password autoComplete="current-password" />
          </Form.Item>
        )}
        <Form.Item name="password" label={say('new')} extra={say('newHint')} rules={required}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <div className="stack">
          {change.isSuccess && <Alert type="success" showIcon role="status" title={say('changed')} />}
          {hasCard && <ProblemCard of={change.error} faults={rest} />}
          <div>
            <Button htmlType="submit" loading={change.isPending}>
              {say(hasPassword ? 'change' : 'set')}
            </Button>
          </div>
        </div>
      </Form>
    </Section>
  )
}
