// Prints the OpenAPI document of the REST door: `node services/api-gateway/openapi.ts > docs/openapi.json`.
import { openApiDocument } from './src/rest/openapi.ts'

process.stdout.write(`${JSON.stringify(openApiDocument(), null, 2)}\n`)
