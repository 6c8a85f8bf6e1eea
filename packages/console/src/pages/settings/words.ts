import { defineWords } from '../../words/words.ts'

/** The page of settings. */
export const words = defineWords('settings', {
  en: {
    title: 'Settings',
    aside: 'Language and appearance are kept in this browser. Times are shown in its time zone.',
    browser: 'In this browser',
    about: 'About',
    api: 'API',
    apiHint: 'OpenAPI: every call of this install, with its rules',
    health: 'Health',
    healthHint: 'Services, PostgreSQL, NATS, disks and certificates',
  },
  'zh-CN': {
    title: '设置',
    aside: '语言和外观保存在此浏览器中。时间按浏览器的时区显示。',
    browser: '此浏览器',
    about: '关于',
    api: 'API',
    apiHint: 'OpenAPI：此平台的所有调用及其规则',
    health: '健康状况',
    healthHint: '服务、PostgreSQL、NATS、磁盘和证书',
  },
  'zh-TW': {
    title: '設定',
    aside: '語言和外觀保存在此瀏覽器中。時間依瀏覽器的時區顯示。',
    browser: '此瀏覽器',
    about: '關於',
    api: 'API',
    apiHint: 'OpenAPI：此平台的所有呼叫及其規則',
    health: '健康狀況',
    healthHint: '服務、PostgreSQL、NATS、磁碟和憑證檔',
  },
})
