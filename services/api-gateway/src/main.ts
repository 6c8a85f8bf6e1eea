import { runAlone } from '@slipway/service'
import { readApiGatewayConfig } from './config.ts'
import { openApiGateway } from './service.ts'

await runAlone(() => openApiGateway(readApiGatewayConfig(process.env)))
