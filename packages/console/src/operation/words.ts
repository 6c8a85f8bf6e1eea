import { defineWords } from '../words/words.ts'

/** The states that an operation may be in. */
export const operationStates = [
  'queued',
  'planned',
  'running',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
  'undone',
] as const
export type OperationStateName = (typeof operationStates)[number]

/** What each state is called. */
export const stateWords = defineWords('operation-state', {
  en: {
    queued: 'Queued',
    planned: 'Planned',
    running: 'Running',
    paused: 'Paused',
    succeeded: 'Succeeded',
    failed: 'Failed',
    cancelled: 'Cancelled',
    undone: 'Undone',
  },
  'zh-CN': {
    queued: '排队中',
    planned: '已计划',
    running: '执行中',
    paused: '已暂停',
    succeeded: '成功',
    failed: '失败',
    cancelled: '已取消',
    undone: '已撤销',
  },
  'zh-TW': {
    queued: '佇列中',
    planned: '已規劃',
    running: '執行中',
    paused: '已暫停',
    succeeded: '成功',
    failed: '失敗',
    cancelled: '已取消',
    undone: '已復原',
  },
})

/** What each kind of operation does. */
export const kindWords = defineWords('operation-kind', {
  en: {
    'create-cluster': 'Create {{cluster}}',
    'delete-cluster': 'Delete {{cluster}}',
    'add-nodes': 'Add nodes to {{cluster}}',
    'remove-nodes': 'Remove nodes from {{cluster}}',
    'drain-nodes': 'Drain nodes of {{cluster}}',
    'update-nodes': 'Change nodes of {{cluster}}',
    other: '{{kind}}: {{cluster}}',
  },
  'zh-CN': {
    'create-cluster': '创建 {{cluster}}',
    'delete-cluster': '删除 {{cluster}}',
    'add-nodes': '向 {{cluster}} 添加节点',
    'remove-nodes': '从 {{cluster}} 移除节点',
    'drain-nodes': '腾空 {{cluster}} 的节点',
    'update-nodes': '更改 {{cluster}} 的节点',
    other: '{{kind}}：{{cluster}}',
  },
  'zh-TW': {
    'create-cluster': '建立 {{cluster}}',
    'delete-cluster': '刪除 {{cluster}}',
    'add-nodes': '向 {{cluster}} 加入節點',
    'remove-nodes': '從 {{cluster}} 移除節點',
    'drain-nodes': '騰空 {{cluster}} 的節點',
    'update-nodes': '變更 {{cluster}} 的節點',
    other: '{{kind}}：{{cluster}}',
  },
})

/** The states that a step may be in. */
export const stepStates = [
  'pending',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'skipped',
  'undone',
] as const
export type StepStateName = (typeof stepStates)[number]

/** What each state of a step is called; `retrying` is one that failed and is tried again by itself. */
export const stepWords = defineWords('step-state', {
  en: {
    pending: 'Pending',
    running: 'Running',
    succeeded: 'Succeeded',
    failed: 'Failed',
    cancelled: 'Cancelled',
    skipped: 'Skipped',
    undone: 'Undone',
    retrying: 'Tried again soon',
  },
  'zh-CN': {
    pending: '未开始',
    running: '执行中',
    succeeded: '成功',
    failed: '失败',
    cancelled: '已取消',
    skipped: '已跳过',
    undone: '已撤销',
    retrying: '即将重试',
  },
  'zh-TW': {
    pending: '未開始',
    running: '執行中',
    succeeded: '成功',
    failed: '失敗',
    cancelled: '已取消',
    skipped: '已略過',
    undone: '已復原',
    retrying: '即將重試',
  },
})
