import { defineWords } from '../words/words.ts'

/** The states that a host may be in. */
export const hostStates = ['new', 'gathering', 'ready', 'unreachable', 'host-key-changed'] as const
export type HostStateName = (typeof hostStates)[number]

/** What each state is called. */
export const stateWords = defineWords('host-state', {
  en: {
    new: 'New',
    gathering: 'Reading facts',
    ready: 'Ready',
    unreachable: 'Unreachable',
    'host-key-changed': 'Host key changed',
  },
  'zh-CN': {
    new: '新主机',
    gathering: '正在读取信息',
    ready: '就绪',
    unreachable: '无法连接',
    'host-key-changed': '主机密钥已变更',
  },
  'zh-TW': {
    new: '新主機',
    gathering: '正在讀取資訊',
    ready: '就緒',
    unreachable: '無法連線',
    'host-key-changed': '主機金鑰已變更',
  },
})
