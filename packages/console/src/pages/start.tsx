import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button, Form, Input } from 'antd'
import { api, told } from '../api/client.ts'
import { useMay } from '../me/me.ts'
import { besideFields } from '../problem/beside-fields.ts'
import { Problem } from '../problem/problem.ts'
import { ProblemCard } from '../problem/problem-card.tsx'
import { projectsQuery } from '../project/queries.ts'
import { Page } from '../ui/page.tsx'
import { defineWords, useWords } from '../words/words.ts'

const words = defineWords('start', {
  en: {
    title: 'Your first project',
    aside: 'A project owns hosts, credentials and clusters; people are members of it.',
    name: 'Name',
    nameHint: 'Lower-case letters, digits and hyphens.',
    needed: 'Is needed',
    create: 'Create project',
    none: 'No project yet',
    noneHint: 'You are a member of no project. Ask an administrator to make you one.',
  },
  'zh-CN': {
    title: '第一个项目',
    aside: '项目拥有主机、凭据和集群；用户是项目的成员。',
    name: '名称',
    nameHint: '小写字母、数字和连字符。',
    needed: '必填',
    create: '创建项目',
    none: '还没有项目',
    noneHint: '您还不是任何项目的成员。请让管理员将您加入项目。',
  },
  'zh-TW': {
    title: '第一個專案',
    aside: '專案擁有主機、憑證和叢集；使用者是專案的成員。',
    name: '名稱',
    nameHint: '小寫字母、數字和連字號。',
    needed: '必填',
    create: '建立專案',
    none: '還沒有專案',
    noneHint: '您還不是任何專案的成員。請讓管理員將您加入專案。',
  },
})

/** Where there is no project to show: one is made here, by whoever may. */
export default function Start() {
  const say = useWords(words)
  const may = useMay()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [form] = Form.useForm<{ name: string }>()
  const create = useMutation({
    mutationFn: (body: { name: string }) => told(api.POST('/api/v1/projects', { body })),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: projectsQuery.queryKey })
      await navigate({ to: '/projects/$project', params: { project: id } })
    },
    onError: (thrown) => besideFields(form, Problem.of(thrown), ['name']),
  })
  if (!may('ProjectService_CreateProject')) {
    return (
      <Page title={say('none')} aside={say('noneHint')}>
        {null}
      </Page>
    )
  }
  const rest = create.error ? Problem.of(create.error).faults.filter(({ field }) => field !== 'name') : []
  return (
    <Page title={say('title')} aside={say('aside')} narrow>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(typed) => create.mutate(typed)}>
        <Form.Item
          name="name"
          label={say('name')}
          extra={say('nameHint')}
          rules={[{ required: true, message: say('needed') }]}
        >
          <Input autoFocus autoCapitalize="off" spellCheck={false} />
        </Form.Item>
        {create.error && rest.length > 0 && <ProblemCard of={create.error} faults={rest} />}
        <Button type="primary" htmlType="submit" loading={create.isPending}>
          {say('create')}
        </Button>
      </Form>
    </Page>
  )
}
