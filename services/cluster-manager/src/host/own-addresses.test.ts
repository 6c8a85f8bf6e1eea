import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { readOwnAddresses } from './own-addresses.ts'

test("this machine's, the repository's and the listed addresses are our own", async () => {
  const endpoint = { baseUrl: '', name: '', addresses: ['10.77.0.1'], port: 1, ca: '', aptKey: '' }
  const own = await readOwnAddresses({ repo: { getEndpoint: async () => endpoint }, listed: ['10.88.0.1'] })
  const local = Object.values(networkInterfaces()).flatMap((cards = []) =>
    cards.map(({ address }) => address),
  )
  expect(['10.77.0.1', '10.88.0.1', ...local].filter((address) => !own.has(address))).toEqual([])
  expect(own.has('10.99.0.1')).toBe(false)
})
