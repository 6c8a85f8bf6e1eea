import { toSlipwayError } from '@slipway/errors'
import { openSmallDisk, type SmallDisk } from '@slipway/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EngineSite, startEngineSite } from '../../test/engine-site.ts'
import type { Operation } from './operation.ts'

let disk: SmallDisk
let site: EngineSite
beforeAll(async () => {
  disk = await openSmallDisk(96)
  site = await startEngineSite({ disks: { postgres: disk.dir } })
})
afterAll(async () => {
  await site?.stop()
  await disk?.close()
})

const graph = { first: [], second: ['first'], last: ['second'] }
const ended = ({ state }: Operation) => !['planned', 'running'].includes(state)

/** Asks for operations until one is refused. */
async function planUntilRefused(): Promise<{ accepted: Operation[]; refusal: unknown }> {
  const accepted: Operation[] = []
  for (;;) {
    try {
      accepted.push(await site.plan(graph))
    } catch (refusal) {
      return { accepted, refusal }
    }
  }
}

test('operations that were accepted go on to their end when the disk under PostgreSQL has room again, each fact told once and in order', async () => {
  const full = Promise.withResolvers<void>()
  // A lease that could not be given back ends by itself.
  await site.replica({ second: () => full.promise }, 'any', { sweepMs: 200, atOnce: 50, leaseMs: 5_000 })
  const midway = await Promise.all([site.plan(graph), site.plan(graph), site.plan(graph)])
  const atSecond = ({ steps }: Operation) => steps[1]?.state === 'running'
  for (const { id } of midway) await site.until(id, atSecond)
  await disk.fill()
  const { accepted, refusal } = await planUntilRefused()
  expect(toSlipwayError(refusal)).toMatchObject({ code: 'Unavailable', problems: [{ field: 'database' }] })
  expect(toSlipwayError(refusal).message).toContain('disk is full')
  full.resolve()
  for (const { id } of midway) expect((await site.until(id, () => true)).state).toBe('running')

  await disk.makeRoom()
  for (const operation of [...midway, ...accepted]) {
    const { state, steps } = await site.until(operation.id, ended, 60_000)
    expect([state, ...steps.map((step) => step.state)]).toEqual(Array(4).fill('succeeded'))
    const facts = await site.facts(operation, 'succeeded')
    expect(facts.filter((fact) => fact === 'step-succeeded')).toHaveLength(3)
  }
  const after = await site.plan({ only: [] })
  expect((await site.until(after.id, ended)).state).toBe('succeeded')
})
