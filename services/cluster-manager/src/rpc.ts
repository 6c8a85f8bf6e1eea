import { ClusterServiceService } from '@slipway/contracts/cluster/v1/cluster_service'
import { CredentialServiceService } from '@slipway/contracts/credential/v1/credential_service'
import { HostServiceService } from '@slipway/contracts/host/v1/host_service'
import { ObjectServiceService } from '@slipway/contracts/object/v1/object_service'
import { OperationServiceService } from '@slipway/contracts/operation/v1/operation_service'
import { VersionServiceService } from '@slipway/contracts/version/v1/version_service'
import { implement } from '@slipway/rpc'
import { clusterHandlers } from './cluster/rpc.ts'
import { credentialHandlers } from './credential/rpc.ts'
import { hostHandlers } from './host/rpc.ts'
import { objectHandlers } from './object/rpc.ts'
import { operationHandlers } from './operation/rpc.ts'
import { versionHandlers } from './version/rpc.ts'

type Deps = Parameters<typeof clusterHandlers>[0] &
  Parameters<typeof operationHandlers>[0] &
  Parameters<typeof hostHandlers>[0] &
  Parameters<typeof credentialHandlers>[0] &
  Parameters<typeof objectHandlers>[0] &
  Parameters<typeof versionHandlers>[0]

/** Every gRPC service that cluster-manager answers, with its verbs. */
export function implementations(deps: Deps) {
  return [
    implement(ClusterServiceService, clusterHandlers(deps)),
    implement(OperationServiceService, operationHandlers(deps)),
    implement(HostServiceService, hostHandlers(deps)),
    implement(CredentialServiceService, credentialHandlers(deps)),
    implement(ObjectServiceService, objectHandlers(deps)),
    implement(VersionServiceService, versionHandlers(deps)),
  ]
}
