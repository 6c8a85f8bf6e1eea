import { connect } from 'node:http2'
import { methods } from '@slipway/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { requestFromJson } from '../src/pipeline/wire.ts'
import { actOperation } from './acting.ts'
import { type Gateway, startGateway } from './gateway.ts'

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway((usual) => ({ ...usual, stalledMs: 1_000 }))
})
afterAll(() => gateway?.stop())

const UNAVAILABLE = '14'

/** Asks to watch by plain HTTP/2 and takes nothing: gRPC's own client would take all and keep it. */
function watchWithoutReading(project: string, id: string) {
  const method = methods['slipway.operation.v1.OperationService/WatchOperation']
  if (!method) throw new Error('no method')
  const { path, requestSerialize } = method.definition
  const message = requestSerialize(requestFromJson(method, { project, id }))
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  const session = connect(`https://${gateway.grpc}`, { ca: gateway.ca, servername: 'localhost' })
  const authorization = `Bearer ${gateway.admin}`
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    authorization,
  })
  stream.end(Buffer.concat([head, message]))
  const ended = new Promise<string>((resolve) => {
    stream.once('trailers', (trailers) => resolve(String(trailers['grpc-status'])))
  })
  return { ended, read: () => stream.resume(), close: () => session.destroy() }
}

test('a gRPC reader who takes nothing is cut off at the runner, and told so when it reads on', async () => {
  const project = await gateway.project('watched')
  const run = 'stuck.step-0.1'
  const acting = await actOperation(gateway, project, 'stuck')
  await acting.move('started', { state: 'running', steps: acting.steps('running') })
  acting.print(run, 10_000, 'x'.repeat(2_000))
  const { ended, read, close } = watchWithoutReading(project, 'stuck')
  const follows = () => gateway.behind.heard.filter(({ method }) => method.endsWith('/FollowRun'))
  const cut = () => follows().map(({ call }) => call.signal.aborted)
  await expect.poll(cut, { timeout: 30_000 }).toEqual([true])
  read()
  expect(await ended).toBe(UNAVAILABLE)
  close()
  await acting.close()
})
