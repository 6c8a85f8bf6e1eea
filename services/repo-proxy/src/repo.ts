import type { Log } from '@slipway/telemetry'
import type { AptSigner } from './apt/sign.ts'
import type { PrismaClient } from './gen/prisma/client.ts'

/** What every answer is made from: rows, the folder of bytes, the key that signs apt indexes, the clock. */
export type Repo = {
  database: PrismaClient
  /** SLIPWAY_REPO_DIR. */
  dir: string
  aptSigner: AptSigner
  now: () => Date
  log: Log
}
