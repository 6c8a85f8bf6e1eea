import { runAlone } from '@slipway/service'
import { readClusterManagerConfig } from './config.ts'
import { openClusterManager } from './service.ts'

await runAlone(async () => openClusterManager(readClusterManagerConfig(process.env)))
