import { runAlone } from '@slipway/service'
import { readAnsibleRunnerConfig } from './config.ts'
import { openAnsibleRunner } from './service.ts'

await runAlone(() => openAnsibleRunner(readAnsibleRunnerConfig(process.env)))
