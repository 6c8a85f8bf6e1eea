import type { InstallServiceServer } from '@slipway/contracts/install/v1/install_service'
import type { Own } from '../pipeline/handle.ts'
import { type InstallSource, lookAtInstall } from './look.ts'

/** InstallService: proto method → verb. */
export function installHandlers(source: InstallSource): Own<InstallServiceServer> {
  return {
    getHealth: (_request, { forward }) => lookAtInstall(source, forward),
  }
}
