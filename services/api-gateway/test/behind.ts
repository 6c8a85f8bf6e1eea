import type { ServiceDefinition } from '@grpc/grpc-js'
import { type Method, methods } from '@slipway/contracts'
import { type Call, implement, type RpcServer, serve } from '@slipway/rpc'
import { createLog } from '@slipway/telemetry'
import type { Platform } from '@slipway/testing'

type Name = 'cluster-manager' | 'ansible-runner' | 'repo-proxy'
// biome-ignore lint/suspicious/noExplicitAny: a test says what a method answers, whatever its messages are
type Answer = (request: any, call: Call) => any

/** The services behind the gateway: real gRPC servers over mutual TLS that answer what a test says, or empty messages. */
export type Behind = {
  addresses: { clusterManager: string; ansibleRunner: string; repoProxy: string }
  /** By `package.Service/Method`. */
  answers: Record<string, Answer>
  /** Every call that arrived. */
  // biome-ignore lint/suspicious/noExplicitAny: requests of any method
  heard: { method: string; request: any; call: Call }[]
  /** Cuts one off, and starts it again at the same address. */
  restart: (name: Name) => Promise<void>
  stop: () => Promise<void>
}

/** Which service answers which package. */
const owners: Record<Name, string[]> = {
  'cluster-manager': ['cluster', 'host', 'credential', 'version', 'operation', 'object', 'install'],
  'ansible-runner': ['run', 'install'],
  'repo-proxy': ['repo', 'install'],
}

/** Starts them on free ports. */
export async function startBehind(platform: Platform): Promise<Behind> {
  const answers: Behind['answers'] = {}
  const heard: Behind['heard'] = []
  const running: Partial<Record<Name, RpcServer>> = {}
  const start = async (name: Name, listen: string) => {
    const tls = await platform.tlsOf(name)
    const services = Object.values(methods).filter(({ service }) =>
      owners[name].includes(service.split('.')[1] ?? ''),
    )
    const grouped = Map.groupBy(services, ({ service }) => service)
    const implementations = [...grouped].map(([, offered]) => {
      const definition = Object.fromEntries(offered.map((one) => [one.name, one.definition]))
      const handlers = Object.fromEntries(offered.map((one) => [one.name, handlerOf(one, answers, heard)]))
      return implement(definition as ServiceDefinition, handlers)
    })
    running[name] = await serve({ listen, tls, services: implementations, log: createLog(name, 'error') })
  }
  for (const name of Object.keys(owners) as Name[]) await start(name, '127.0.0.1:0')
  const addressOf = (name: Name) => running[name]?.address ?? ''
  return {
    addresses: {
      clusterManager: addressOf('cluster-manager'),
      ansibleRunner: addressOf('ansible-runner'),
      repoProxy: addressOf('repo-proxy'),
    },
    answers,
    heard,
    restart: async (name) => {
      const address = addressOf(name)
      await running[name]?.stop()
      await start(name, address)
    },
    stop: async () => {
      await Promise.all(Object.values(running).map((server) => server.stop()))
    },
  }
}

function handlerOf(method: Method, answers: Behind['answers'], heard: Behind['heard']) {
  const name = `${method.service}/${method.name}`
  const empty = () => method.definition.responseDeserialize(Buffer.alloc(0))
  if (method.streaming) {
    return (request: unknown, call: Call) => {
      heard.push({ method: name, request, call })
      return answers[name]?.(request, call) ?? []
    }
  }
  return async (request: unknown, call: Call) => {
    heard.push({ method: name, request, call })
    return (await answers[name]?.(request, call)) ?? empty()
  }
}
