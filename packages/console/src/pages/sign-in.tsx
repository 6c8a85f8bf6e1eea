import { useRouter, useSearch } from '@tanstack/react-router'
import { Alert, Button, Form, Input } from 'antd'
import { useSignIn } from '../me/sign-in.ts'
import { Problem } from '../problem/problem.ts'
import { ProblemCard } from '../problem/problem-card.tsx'
import { Entrance } from '../shell/entrance.tsx'
import { durationOf, useNow } from '../ui/time.tsx'
import { defineWords, useWords } from '../words/words.ts'

const words = defineWords('sign-in', {
  en: {
    title: 'Sign in',
    name: 'Name',
    password: 'Password',
    signIn: 'Sign in',
    needed: 'Needed to sign in',
    wrong: 'Name or password is wrong',
    forgotten: 'An administrator can give you a one-time link for a new password.',
    locked: 'Too many tries failed',
    wait: 'Try again in {{time}}.',
    free: 'You can try again now.',
  },
  'zh-CN': {
    title: '登录',
    name: '用户名',
    password: '密码',
    signIn: '登录',
    needed: '登录时必填',
    wrong: '用户名或密码错误',
    forgotten: '忘记密码时，管理员可以给您一个一次性链接来设置新密码。',
    locked: '失败次数过多',
    wait: '请在 {{time}} 后重试。',
    free: '现在可以重试。',
  },
  'zh-TW': {
    title: '登入',
    name: '使用者名稱',
    password: '密碼',
    signIn: '登入',
    needed: '登入時必填',
    wrong: '使用者名稱或密碼錯誤',
    forgotten: '忘記密碼時，管理員可以給您一個一次性連結來設定新密碼。',
    locked: '失敗次數過多',
    wait: '請在 {{time}} 後重試。',
    free: '現在可以重試。',
  },
})

/** Name and password; back to the address that was asked for. */
export default function SignIn() {
  const say = useWords(words)
  const { to } = useSearch({ from: '/sign-in' })
  const router = useRouter()
  const [form] = Form.useForm<{ name: string; password: string }>()
  const signIn = useSignIn(() => router.navigate({ href: to ?? '/', replace: true }))
  const required = [{ required: true, message: say('needed') }]
  return (
    <Entrance title={say('title')}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(typed) =>
          signIn.mutate(typed, { onError: () => form.getFieldInstance('password')?.focus() })
        }
      >
        <Form.Item name="name" label={say('name')} rules={required}>
          <Input autoComplete="username" autoFocus autoCapitalize="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="password" label={say('password')} rules={required}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <div className="stack">
          {signIn.error && <Refusal of={Problem.of(signIn.error)} at={signIn.submittedAt} />}
          <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
            {say('signIn')}
          </Button>
        </div>
      </Form>
    </Entrance>
  )
}

function Refusal({ of: problem, at }: { of: Problem; at: number }) {
  const say = useWords(words)
  if (problem.code === 'Unauthenticated') {
    return <Alert type="error" showIcon role="alert" title={say('wrong')} description={say('forgotten')} />
  }
  if (problem.code === 'Exhausted') return <Locked until={at + (problem.retryAfter ?? 1) * 1000} />
  return <ProblemCard of={problem} />
}

/** Counts down to when the next try is looked at. */
function Locked({ until }: { until: number }) {
  const say = useWords(words)
  const left = Math.max(0, Math.ceil((until - useNow()) / 1000))
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      title={say('locked')}
      description={
        // The seconds are for the eye: they are not read out one by one.
        <span className="number" role="timer">
          {left > 0 ? say('wait', { time: durationOf(left) }) : say('free')}
        </span>
      }
    />
  )
}
