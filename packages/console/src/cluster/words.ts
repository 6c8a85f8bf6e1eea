import { defineWords } from '../words/words.ts'

/** The states that a cluster may be in. */
export const clusterStates = ['creating', 'running', 'failed', 'deleting', 'deleted'] as const
export type ClusterStateName = (typeof clusterStates)[number]

/** What each state is called. */
export const stateWords = defineWords('cluster-state', {
  en: {
    creating: 'Creating',
    running: 'Running',
    failed: 'Failed',
    deleting: 'Deleting',
    deleted: 'Deleted',
  },
  'zh-CN': { creating: '创建中', running: '运行中', failed: '失败', deleting: '删除中', deleted: '已删除' },
  'zh-TW': { creating: '建立中', running: '運作中', failed: '失敗', deleting: '刪除中', deleted: '已刪除' },
})
