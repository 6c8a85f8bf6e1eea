import { expect, test } from 'vitest'
import type { Finding } from './finding.ts'
import { reportToWire } from './wire.ts'

function finding(host: string, id: string, severity: Finding['severity'] = 'error'): Finding {
  return { id, severity, host, message: '', evidence: '', hint: '', fix: '' }
}

test('a host that did not answer is silent, whatever else was found of it', () => {
  const names = ['good', 'warned', 'bad', 'dead']
  const report = reportToWire({
    hosts: names.map((name) => ({ host: { id: `id-${name}`, name }, role: 'worker' })),
    findings: [
      finding('warned', 'selinux', 'warning'),
      finding('bad', 'swap-on'),
      finding('dead', 'unreachable'),
      finding('dead', 'clock-off'),
    ],
    checkedAt: new Date(),
  })
  expect(report.hosts.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
    'good ok',
    'warned warnings',
    'bad errors',
    'dead silent',
  ])
  expect([report.errors, report.warnings]).toEqual([3, 1])
})
