import { X509Certificate } from 'node:crypto'
import type { SpanOf } from '@slipway/telemetry'
import type { Tls } from './tls.ts'

/** The service that a certificate is for: our own name, in spans. */
export function nameOn({ cert }: Pick<Tls, 'cert'>): string {
  return /^CN=(.+)$/m.exec(new X509Certificate(cert).subject)?.[1] ?? ''
}

/** The span of a call of a method, as both of its ends show it. */
export function callSpan(service: string, kind: 'server' | 'client', path: string, request: unknown): SpanOf {
  const method = path.slice(1)
  const project = projectOf(request)
  const facts = {
    'rpc.system.name': 'grpc',
    'rpc.method': method,
    ...(project ? { 'slipway.project': project } : {}),
  }
  return { service, kind, name: method, facts }
}

function projectOf(request: unknown): string {
  const named = typeof request === 'object' && request !== null && 'project' in request
  return named && typeof request.project === 'string' ? request.project : ''
}
