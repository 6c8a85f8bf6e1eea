import { methods } from '@slipway/contracts'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { actOperation } from './acting.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { grpcClient } from './grpc-client.ts'
import { listen } from './sse-client.ts'

let gateway: Gateway
let project: string
let closeActing: () => Promise<void>
beforeAll(async () => {
  gateway = await startGateway()
  project = await gateway.project('watched')
  const acting = await actOperation(gateway, project, 'rights')
  await acting.move('started', { state: 'running' })
  closeActing = acting.close
})
afterAll(async () => {
  await closeActing?.()
  await gateway?.stop()
})

const WATCH = methods['slipway.operation.v1.OperationService/WatchOperation']
const change = (verb: string, path: string, body?: object) =>
  gateway.rest(verb, path, { token: gateway.admin, ...(body ? { body } : {}) })

/** A reader's rights, and how they end. */
type Rights = { token: string; end: () => Promise<unknown> }

let number = 0
const person = () => gateway.person(`reader-${++number}`, { [project]: 'viewer' })

/** A token of somebody's own. */
async function ownToken(): Promise<{ id: string; secret: string }> {
  const { json } = await change('POST', '/tokens', { name: `token-${++number}`, expiresInHours: 1 })
  return { id: json.token.id, secret: json.secret }
}

const waysToEnd: Record<string, { code: string; make: () => Promise<Rights> }> = {
  'is removed from the project': {
    code: 'NotFound',
    make: async () => {
      const { id, token } = await person()
      return { token, end: () => change('DELETE', `/projects/${project}/members/${id}`) }
    },
  },
  'is disabled': {
    code: 'Unauthenticated',
    make: async () => {
      const { id, token } = await person()
      return { token, end: () => change('PATCH', `/users/${id}`, { enabled: false }) }
    },
  },
  'has the token revoked': {
    code: 'Unauthenticated',
    make: async () => {
      const { id, secret } = await ownToken()
      return { token: secret, end: () => change('DELETE', `/tokens/${id}`) }
    },
  },
  'has a token that expires': {
    code: 'Unauthenticated',
    make: async () => {
      const { id, secret } = await ownToken()
      return { token: secret, end: () => expire(id) }
    },
  },
}

/** Tokens live for an hour at least: this one's was over just now. */
async function expire(id: string): Promise<void> {
  const client = new pg.Client({ connectionString: gateway.config.foundation.databaseUrl })
  await client.connect()
  await client.query("UPDATE api_gateway.tokens SET expires_at = now() - interval '1 second' WHERE id = $1", [
    id,
  ])
  await client.end()
}

test.each(Object.entries(waysToEnd))(
  'streams of both doors end, with the reason, when their reader %s',
  async (_, { code, make }) => {
    const { token, end } = await make()
    const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const events = listen(gateway, `/projects/${project}/operations/rights/events`, {
      token,
      enough: (heard) => {
        if (heard.length === 1) begun[0]?.resolve()
        return false
      },
    })
    const grpc = grpcClient(gateway.grpc, gateway.ca)
    if (!WATCH) throw new Error('no method')
    const stream = grpc.call(WATCH, { project, id: 'rights' }, { token }, () => begun[1]?.resolve())
    await Promise.all(begun.map(({ promise }) => promise))
    await end()
    expect((await events).at(-1)).toMatchObject({ event: 'problem', data: { code } })
    expect((await stream).error?.code).toBe(code)
    grpc.close()
  },
)
