import { describe, expect, test } from 'vitest'
import { parseDrops } from './drops.ts'
import { renderFirewall } from './firewall.ts'

const lab = { name: 'my-lab', network: '10.78.0.0/24' }

describe("a lab's firewall table", () => {
  test('masquerades and drops nothing while egress is open', () => {
    const text = renderFirewall({ ...lab, egress: { mode: 'open', allow: [] } })
    expect(text).toContain('ip saddr 10.78.0.0/24 oifname != "lab-my-lab" masquerade')
    expect(text).not.toContain('drop\n')
  })

  test('lets through only replies and what is allowed by name while it is closed, to the machine too', () => {
    const allow = [{ address: '10.78.0.1', port: 8443, protocol: 'tcp' as const }]
    const text = renderFirewall({ ...lab, egress: { mode: 'closed', allow } })
    expect(text.match(/ip daddr 10\.78\.0\.1 tcp dport 8443 accept/g)).toHaveLength(2)
    expect(text.match(/counter name dropped drop/g)).toHaveLength(2)
    expect(text).toContain('ct direction reply accept')
  })

  test('is replaced in one step', () => {
    const text = renderFirewall({ ...lab, egress: { mode: 'open', allow: [] } })
    expect(text.split('\n').slice(0, 2)).toEqual([
      'table inet slipway_lab_my_lab',
      'delete table inet slipway_lab_my_lab',
    ])
  })
})

test('drops are read with who wanted what', () => {
  const json = JSON.stringify({
    nftables: [
      { counter: { name: 'dropped', packets: 3, bytes: 180 } },
      {
        set: {
          name: 'refused',
          elem: [
            {
              elem: {
                val: { concat: ['10.78.0.11', '192.0.2.1', 6, 80] },
                counter: { packets: 3, bytes: 180 },
              },
            },
          ],
        },
      },
    ],
  })
  expect(parseDrops(json)).toEqual({
    packets: 3,
    bytes: 180,
    wanted: [{ from: '10.78.0.11', to: '192.0.2.1', protocol: 'tcp', port: 80, packets: 3 }],
  })
})
