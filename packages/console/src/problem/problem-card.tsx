import { Alert, Button } from 'antd'
import { defineWords, useWords } from '../words/words.ts'
import { type Fault, Problem } from './problem.ts'

const words = defineWords('problem', {
  en: {
    Invalid: 'Something in it is wrong',
    Unauthenticated: 'Nobody is signed in',
    Denied: 'Not allowed',
    NotFound: 'Not found',
    Conflict: 'It clashes with what is there',
    Precondition: 'Not possible as things stand',
    Exhausted: 'A limit is reached',
    Bug: 'Something went wrong inside Slipway',
    Unavailable: 'Something that is needed does not answer',
    Unreachable: 'Slipway does not answer',
    Console: 'Something went wrong in this page',
    unreachableHint: 'Check the network. This page asks again by itself.',
    consoleHint: 'Load the page again; the browser’s console has the details.',
    trace: 'Trace {{id}}',
    again: 'Try again',
  },
  'zh-CN': {
    Invalid: '内容有误',
    Unauthenticated: '尚未登录',
    Denied: '没有权限',
    NotFound: '未找到',
    Conflict: '与现有内容冲突',
    Precondition: '当前状态下无法执行',
    Exhausted: '已达到上限',
    Bug: 'Slipway 内部出错',
    Unavailable: '所依赖的服务没有响应',
    Unreachable: 'Slipway 没有响应',
    Console: '此页面出错',
    unreachableHint: '请检查网络。此页面会自动重试。',
    consoleHint: '请重新加载页面；浏览器控制台中有详细信息。',
    trace: '追踪号 {{id}}',
    again: '重试',
  },
  'zh-TW': {
    Invalid: '內容有誤',
    Unauthenticated: '尚未登入',
    Denied: '沒有權限',
    NotFound: '找不到',
    Conflict: '與現有內容衝突',
    Precondition: '目前狀態下無法執行',
    Exhausted: '已達上限',
    Bug: 'Slipway 內部發生錯誤',
    Unavailable: '所依賴的服務沒有回應',
    Unreachable: 'Slipway 沒有回應',
    Console: '此頁面發生錯誤',
    unreachableHint: '請檢查網路。此頁面會自動重試。',
    consoleHint: '請重新載入頁面；瀏覽器主控台中有詳細資訊。',
    trace: '追蹤碼 {{id}}',
    again: '重試',
  },
})

const KINDS = [
  'Invalid',
  'Unauthenticated',
  'Denied',
  'NotFound',
  'Conflict',
  'Precondition',
  'Exhausted',
  'Bug',
  'Unavailable',
  'Unreachable',
  'Console',
] as const

/**
 * Why something was refused, and the way out: what, where, what next. `faults` are those that stand beside no field;
 * all of the problem's, unless said otherwise.
 */
export function ProblemCard({
  of: thrown,
  faults,
  onAgain,
}: {
  of: unknown
  faults?: readonly Fault[]
  onAgain?: () => void
}) {
  const say = useWords(words)
  const problem = Problem.of(thrown)
  const shown = faults ?? problem.faults
  const kind = KINDS.find((one) => one === problem.code) ?? 'Bug'
  const hint = { Unreachable: say('unreachableHint'), Console: say('consoleHint') }[problem.code]
  return (
    <Alert
      type={problem.passes ? 'warning' : 'error'}
      showIcon
      role="alert"
      title={say(kind)}
      description={
        <div className="problem">
          {shown.length === 0 && problem.code !== 'Invalid' && <p>{problem.message}</p>}
          {shown.length > 0 && (
            <ul>
              {shown.map(({ field, message, hint: way }) => (
                <li key={`${field} ${message}`}>
                  <strong>{field}</strong> {message} <span className="quiet">{way}</span>
                </li>
              ))}
            </ul>
          )}
          {hint && <p>{hint}</p>}
          {kind === 'Bug' && problem.traceId && (
            <p className="code">{say('trace', { id: problem.traceId })}</p>
          )}
        </div>
      }
      action={onAgain && <Button onClick={onAgain}>{say('again')}</Button>}
    />
  )
}
