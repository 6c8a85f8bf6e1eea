import { useMutation } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { api, told } from '../api/client.ts'
import { useSignIn } from '../me/sign-in.ts'
import { besideFields } from '../problem/beside-fields.ts'
import { type Fault, Problem } from '../problem/problem.ts'
import { ProblemCard } from '../problem/problem-card.tsx'
import { Entrance } from '../shell/entrance.tsx'
import { defineWords, useWords } from '../words/words.ts'

const words = defineWords('first-start', {
  en: {
    first: 'Welcome to Slipway',
    firstAside: 'You are the first administrator. Choose a name and a password.',
    title: 'Choose a password',
    aside: 'Your one-time link works once. Afterwards you sign in with name and password.',
    name: 'Name',
    nameHint: 'Lower-case letters, digits, dots and hyphens.',
    password: 'Password',
    passwordHint: 'At least 12 characters; a few words are easy to keep in mind.',
    repeat: 'Password again',
    differs: 'Differs from the password above',
    needed: 'Is needed',
    go: 'Set password and sign in',
    noCode: 'This address holds no one-time code',
    noCodeHint: 'Open the whole link as it was given to you, up to its last letter.',
    stale: 'This one-time link works no more',
    staleHint: 'It was used, has expired, or is not whole. Ask an administrator for a new one.',
    toSignIn: 'Sign in instead',
  },
  'zh-CN': {
    first: '欢迎使用 Slipway',
    firstAside: '您是第一位管理员。请选择用户名和密码。',
    title: '设置密码',
    aside: '一次性链接只能使用一次。之后请用用户名和密码登录。',
    name: '用户名',
    nameHint: '小写字母、数字、点和连字符。',
    password: '密码',
    passwordHint: '至少 12 个字符；几个词连在一起便于记忆。',
    repeat: '再次输入密码',
    differs: '与上面的密码不一致',
    needed: '必填',
    go: '设置密码并登录',
    noCode: '此地址中没有一次性代码',
    noCodeHint: '请完整打开收到的链接，直到最后一个字符。',
    stale: '此一次性链接已失效',
    staleHint: '它已被使用、已过期或不完整。请向管理员索取新的链接。',
    toSignIn: '改为登录',
  },
  'zh-TW': {
    first: '歡迎使用 Slipway',
    firstAside: '您是第一位管理員。請選擇使用者名稱和密碼。',
    title: '設定密碼',
    aside: '一次性連結只能使用一次。之後請用使用者名稱和密碼登入。',
    name: '使用者名稱',
    nameHint: '小寫字母、數字、點和連字號。',
    password: '密碼',
    passwordHint: '至少 12 個字元；幾個詞連在一起便於記憶。',
    repeat: '再次輸入密碼',
    differs: '與上面的密碼不一致',
    needed: '必填',
    go: '設定密碼並登入',
    noCode: '此網址中沒有一次性代碼',
    noCodeHint: '請完整開啟收到的連結，直到最後一個字元。',
    stale: '此一次性連結已失效',
    staleHint: '它已被使用、已過期或不完整。請向管理員索取新的連結。',
    toSignIn: '改為登入',
  },
})

type Typed = { name?: string; password: string; repeat: string }

/** Redeems a one-time link: the code stands behind the #, which browsers send to nobody. */
export default function FirstStart() {
  const say = useWords(words)
  const [{ code, isFirst }] = useState(readLink)
  if (!code) {
    return (
      <Entrance title={say('title')}>
        <Alert type="warning" showIcon title={say('noCode')} description={say('noCodeHint')} />
        <p>
          <Link to="/sign-in">{say('toSignIn')}</Link>
        </p>
      </Entrance>
    )
  }
  return (
    <Entrance title={say(isFirst ? 'first' : 'title')} aside={say(isFirst ? 'firstAside' : 'aside')}>
      <ChoosePassword code={code} isFirst={isFirst} />
    </Entrance>
  )
}

function ChoosePassword({ code, isFirst }: { code: string; isFirst: boolean }) {
  const say = useWords(words)
  const router = useRouter()
  const [form] = Form.useForm<Typed>()
  const [rest, setRest] = useState<Fault[]>()
  const signIn = useSignIn(() => router.navigate({ to: '/', replace: true }))
  const enrol = useMutation({
    mutationFn: ({ name = '', password }: Typed) =>
      told(api.POST('/api/v1/enrolments', { body: { code, name, password } })),
    onSuccess: ({ user }, { password }) => signIn.mutate({ name: user?.name ?? '', password }),
    onError: (thrown) => setRest(besideFields(form, Problem.of(thrown), ['name', 'password'])),
  })
  const required = [{ required: true, message: say('needed') }]
  const isStale = enrol.error && Problem.of(enrol.error).code === 'Unauthenticated'
  const isOpen = enrol.error && !isStale && rest && rest.length > 0
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ name: 'admin' }}
      onFinish={(typed) => {
        setRest(undefined)
        enrol.mutate(typed)
      }}
    >
      {isFirst && (
        <Form.Item name="name" label={say('name')} extra={say('nameHint')} rules={required}>
          <Input autoComplete="username" autoFocus autoCapitalize="off" spellCheck={false} />
        </Form.Item>
      )}
      <Form.Item name="password" label={say('password')} extra={say('passwordHint')} rules={required}>
        <Input.Password autoComplete="new-password" autoFocus={!isFirst} />
      </Form.Item>
      <Form.Item
        name="repeat"
        label={say('repeat')}
        dependencies={['password']}
        rules={[
          ...required,
          ({ getFieldValue }) => ({
            validator: async (_rule, value) => {
              if (value && value !== getFieldValue('password')) throw new Error(say('differs'))
            },
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <div className="stack">
        {isStale && (
          <Alert type="error" showIcon role="alert" title={say('stale')} description={say('staleHint')} />
        )}
        {isOpen && <ProblemCard of={enrol.error} faults={rest} />}
        {signIn.error && <ProblemCard of={signIn.error} />}
        <Button type="primary" htmlType="submit" block loading={enrol.isPending || signIn.isPending}>
          {say('go')}
        </Button>
        {isStale && <Link to="/sign-in">{say('toSignIn')}</Link>}
      </div>
    </Form>
  )
}

/** `#first=enrol_…` for the first administrator, `#code=enrol_…` for everybody else. */
function readLink(): { code: string | null; isFirst: boolean } {
  const said = new URLSearchParams(location.hash.slice(1))
  const first = said.get('first')
  return { code: first ?? said.get('code'), isFirst: first !== null }
}
