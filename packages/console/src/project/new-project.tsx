import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { api, told } from '../api/client.ts'
import { besideFields } from '../problem/beside-fields.ts'
import { type Fault, Problem } from '../problem/problem.ts'
import { ProblemCard } from '../problem/problem-card.tsx'
import { defineWords, useWords } from '../words/words.ts'
import { projectsQuery } from './queries.ts'

const words = defineWords('new-project', {
  en: {
    name: 'Name',
    nameHint: 'Lower-case letters, digits and hyphens.',
    description: 'What it is for',
    needed: 'Is needed',
    create: 'Create project',
  },
  'zh-CN': {
    name: '名称',
    nameHint: '小写字母、数字和连字符。',
    description: '用途',
    needed: '必填',
    create: '创建项目',
  },
  'zh-TW': {
    name: '名稱',
    nameHint: '小寫字母、數字和連字號。',
    description: '用途',
    needed: '必填',
    create: '建立專案',
  },
})

type Typed = { name: string; description?: string }

/** Makes a project and goes to it; the switcher knows it then. */
export function NewProject() {
  const say = useWords(words)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [form] = Form.useForm<Typed>()
  const [rest, setRest] = useState<Fault[]>([])
  const create = useMutation({
    mutationFn: (body: Typed) => told(api.POST('/api/v1/projects', { body })),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: projectsQuery.queryKey })
      await navigate({ to: '/projects/$project', params: { project: id } })
    },
    onError: (thrown) => setRest(besideFields(form, Problem.of(thrown), ['name', 'description'])),
  })
  const isOnCard = create.error && (rest.length > 0 || Problem.of(create.error).faults.length === 0)
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={(typed) => create.mutate(typed)}>
      <Form.Item
        name="name"
        label={say('name')}
        extra={say('nameHint')}
        rules={[{ required: true, message: say('needed') }]}
      >
        <Input autoFocus autoCapitalize="off" spellCheck={false} />
      </Form.Item>
      <Form.Item name="description" label={say('description')}>
        <Input.TextArea rows={2} />
      </Form.Item>
      {isOnCard && <ProblemCard of={create.error} faults={rest} />}
      <Button type="primary" htmlType="submit" loading={create.isPending}>
        {say('create')}
      </Button>
    </Form>
  )
}
