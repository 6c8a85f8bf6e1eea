import { expect, test } from 'vitest'
import { parseAllow, parseFault, parseHost } from './commands.ts'

test('a host is its name and what differs from the usual', () => {
  expect(parseHost('cp1')).toEqual({ name: 'cp1' })
  expect(parseHost('w1,address=10.78.0.12,os=debian-13,user=admin,sudo=password')).toEqual({
    name: 'w1',
    address: '10.78.0.12',
    os: 'debian-13',
    user: 'admin',
    sudo: 'password',
  })
})

test('an unknown word about a host is refused', () => {
  expect(() => parseHost('cp1,colour=red')).toThrow('--host')
})

test('a fault is its name and what differs from the usual', () => {
  expect(parseFault('no-python')).toEqual({ kind: 'no-python' })
  expect(parseFault('clock,seconds=-600')).toEqual({ kind: 'clock', seconds: -600 })
  expect(parseFault('port-blocked,other=w1,port=10250')).toEqual({
    kind: 'port-blocked',
    other: 'w1',
    port: 10250,
  })
  expect(() => parseFault('mtu,size=9000')).toThrow('fault')
})

test('what is allowed is an address and a port, TCP unless it says otherwise', () => {
  expect(parseAllow('10.78.0.1:8443')).toEqual({ address: '10.78.0.1', port: 8443, protocol: 'tcp' })
  expect(parseAllow('10.78.0.1:53/udp')).toEqual({ address: '10.78.0.1', port: 53, protocol: 'udp' })
  expect(() => parseAllow('somewhere')).toThrow('--allow')
})
