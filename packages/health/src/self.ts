import { X509Certificate } from 'node:crypto'
import { slipwayVersion } from '@slipway/config'
import type { Certificate } from '@slipway/contracts/install/v1/install'
import {
  type LookAtSelfResponse,
  type SelfServiceServer,
  SelfServiceService,
} from '@slipway/contracts/install/v1/install_service'
import { toSlipwayError } from '@slipway/errors'
import { implement, type Tls } from '@slipway/rpc'

/** What a service looks at when it is asked how it is. */
type Self = {
  name: string
  tls: Pick<Tls, 'cert'>
  /** Throws with everything that is wrong. */
  ready: () => Promise<void>
  startedAt: Date
  /** What it was started with, of the settings that hold no secret. */
  settings: Record<string, string>
}

/** SelfService, which every service answers for itself. */
export function selfService(self: Self) {
  return implement<SelfServiceServer>(SelfServiceService, { lookAtSelf: () => lookAtSelf(self) })
}

/** How a service is, as it knows itself. */
export async function lookAtSelf({
  name,
  tls,
  ready,
  startedAt,
  settings,
}: Self): Promise<LookAtSelfResponse> {
  const problems = await ready().then(
    () => [],
    (thrown: unknown) => toSlipwayError(thrown).problems,
  )
  return {
    version: slipwayVersion,
    startedAt,
    problems: problems.map(({ field, message, hint }) => ({ field, message, hint })),
    certificate: certificateOf(name, tls.cert),
    settings,
  }
}

/** Whose certificate it is, and from when until when it holds. */
export function certificateOf(name: string, pem: string): Certificate {
  const { validFromDate: beginsAt, validToDate: endsAt } = new X509Certificate(pem)
  return { name, beginsAt, endsAt }
}
