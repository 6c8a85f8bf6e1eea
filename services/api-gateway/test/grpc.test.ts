import { methods } from '@slipway/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway } from './gateway.ts'
import { grpcClient } from './grpc-client.ts'

let gateway: Gateway
let grpc: ReturnType<typeof grpcClient>
beforeAll(async () => {
  gateway = await startGateway()
  grpc = grpcClient(gateway.grpc, gateway.ca)
})
afterAll(async () => {
  grpc.close()
  await gateway.stop()
})

/** The few bytes of a reflection request: field 7 lists services, field 4 asks for the file of a symbol. */
function reflect(field: 4 | 7, value: string): Promise<Buffer> {
  const text = Buffer.from(value)
  const request = Buffer.concat([Buffer.from([(field << 3) | 2, text.length]), text])
  return new Promise((resolve, reject) => {
    const stream = grpc.client.makeBidiStreamRequest(
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
    )
    stream.once('data', (answer: Buffer) => {
      resolve(answer)
      stream.end()
    })
    stream.once('error', reject)
    stream.write(request)
  })
}

test('reflection lists the public services and no other', async () => {
  const listed = (await reflect(7, '*')).toString('latin1').match(/slipway\.\w+\.v1\.\w+Service/g)
  const offered = Object.values(methods).flatMap(({ access, service }) => (access ? [service] : []))
  expect(new Set(listed)).toEqual(new Set(offered))
})

test('reflection describes a service, without its internal methods', async () => {
  const answer = (await reflect(4, 'slipway.repo.v1.RepoService')).toString('latin1')
  expect(answer).toContain('CreatePushToken')
  expect(answer).not.toContain('RevokePullToken\x12')
  expect(answer).not.toContain('ListReleases\x12')
})

test('health answers for the door and for each service', async () => {
  const names = ['', 'slipway.project.v1.ProjectService']
  for (const name of names) {
    const text = Buffer.from(name)
    const request = name ? Buffer.concat([Buffer.from([10, text.length]), text]) : Buffer.alloc(0)
    const answer = await new Promise<Buffer | undefined>((resolve, reject) => {
      grpc.client.makeUnaryRequest(
        '/grpc.health.v1.Health/Check',
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        request,
        (error, value) => (error ? reject(error) : resolve(value)),
      )
    })
    expect(answer).toEqual(Buffer.from([8, 1]))
  }
})

test('a refusal carries every problem, as REST does', async () => {
  const method = methods['slipway.project.v1.ProjectService/CreateProject']
  if (!method) throw new Error('no method')
  const name = 'NOT A NAME'
  const { error } = await grpc.call(
    method,
    { name, description: 'x'.repeat(2_000) },
    { token: gateway.admin },
  )
  expect(error?.code).toBe('Invalid')
  expect(error?.problems.map(({ field }) => field).sort()).toEqual(['description', 'name'])
})

test('a required flag may be false, which a message can’t tell from absent', async () => {
  const method = methods['slipway.version.v1.VersionService/UpdateVersion']
  if (!method) throw new Error('no method')
  const { error } = await grpc.call(method, { name: '1.36.3', enabled: false }, { token: gateway.admin })
  expect(error).toBeUndefined()
  expect(gateway.behind.heard.at(-1)?.request).toEqual({ name: '1.36.3', enabled: false })
})

test('a message over a mebibyte is refused', async () => {
  const method = methods['slipway.host.v1.HostService/ImportHosts']
  if (!method) throw new Error('no method')
  const csv = 'x'.repeat(2_000_000)
  const { error } = await grpc.call(method, { project: 'p', csv }, { token: gateway.admin })
  expect(error?.code).toBe('Exhausted')
})
