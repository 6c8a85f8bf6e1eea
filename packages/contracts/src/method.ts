import type { MethodDefinition } from '@grpc/grpc-js'
import { methods as generated } from './gen/api.ts'

/** Who may call a method from outside: see proto/slipway/api/v1/options.proto. */
export type Access = {
  role: 'anyone' | 'member' | 'viewer' | 'operator' | 'administrator'
  scope: 'project' | 'install'
  noun: string
  /** Changes nothing. */
  safe: boolean
}

/** Where a method stands in REST, below /api/v1. */
export type Route = {
  verb: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** Braces name fields of the request: /projects/{project}/clusters. */
  path: string
  status: number
  contentType: string
  /** The response's field secret opens a session, and is a cookie in REST. */
  opensSession: boolean
}

/** Everything a door knows about one method. */
export type Method = {
  service: string
  name: string
  /** The gRPC path: /slipway.cluster.v1.ClusterService/CreateCluster. */
  path: string
  /** Full name of the request message; its JSON Schema is `schemas[request]`. */
  request: string
  response: string
  streaming: boolean
  documentation: string
  /** Absent on methods that can't be reached from outside. */
  access?: Access
  route?: Route
  /** The services that may call it inside. */
  callers: readonly string[]
  /** How long its answer may take at most. */
  seconds: number
  definition: MethodDefinition<unknown, unknown>
}

/** Every method of every service, by `package.Service/Method`. */
export const methods = generated as unknown as Readonly<Record<string, Method>>

/** The method at a gRPC path. */
export function methodAt(path: string): Method | undefined {
  return methods[path.slice(1)]
}
