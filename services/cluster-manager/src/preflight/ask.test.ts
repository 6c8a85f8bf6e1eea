import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ClusterSite, startClusterSite } from '../../test/cluster-site.ts'

const COUNT = 60
let site: ClusterSite
let ids: string[]
beforeAll(async () => {
  site = await startClusterSite()
  const hosts = Array.from({ length: COUNT }, (_, at) => ({ name: `h${at}`, address: `10.50.0.${at + 1}` }))
  ids = (await site.addHosts('p1', hosts)).map(({ id }) => id)
})
afterAll(() => site?.stop())

const check = () => site.hosts.checkHosts({ project: 'p1', ids, names: [], role: '', spec: undefined })
const through = { findings: [], facts: { ways: [] } }
const late = { state: 'failed', failure: { message: 'The playbook did not end within 62 s.' } } as const

test('a check of more hosts than are asked at once has more time, and they answer each other for as long', async () => {
  site.runner.on('preflight.yml', async () => ({}))
  expect((await check()).findings).toEqual([])
  const { deadlineSeconds, variablesJson } = site.runner.started.at(-1) ?? {}
  expect(deadlineSeconds).toBe(62)
  expect(JSON.parse(variablesJson ?? '')).toMatchObject({ slipway_preflight_seconds: 72 })
})

test('who was not through when a check ended is told as not checked, not passed over as good', async () => {
  const first = { findings: [], facts: {} }
  const slow: Record<string, unknown> = { h3: undefined, h4: first }
  site.runner.on('preflight.yml', async ({ targets }) => ({
    ...late,
    hosts: targets.map(({ name }) => ({ name, result: name in slow ? slow[name] : through })),
  }))
  const { findings } = await check()
  const what = { id: 'not-checked', severity: 'error', evidence: late.failure.message }
  expect(findings).toMatchObject([
    { ...what, host: 'h3' },
    { ...what, host: 'h4' },
  ])
})

test('a check that nobody was through with tells why, and no host', async () => {
  site.runner.on('preflight.yml', async () => late)
  await expect(check()).rejects.toMatchObject({ code: 'Unavailable', message: late.failure.message })
})
