import { runAlone } from '@slipway/service'
import { readRepoProxyConfig } from './config.ts'
import { openRepoProxy } from './service.ts'

await runAlone(() => openRepoProxy(readRepoProxyConfig(process.env)))
