import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { CONCEALED, concealer } from './conceal.ts'

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const pem = String(key.export({ format: 'pem', type: 'pkcs8' }))

test('a secret is not shown as it is, nor as JSON, nor in base64, wherever a run says it', () => {
  const secret = 'q"u\\o te'
  const { event } = concealer([secret])
  const forms = [secret, JSON.stringify({ secret }), Buffer.from(secret).toString('base64')]
  for (const form of forms) {
    const said = `it was ${form}, sir`
    const shown = [
      event({ type: 'line', text: said }),
      event({ type: 'lines', lines: [said] }),
      event({ type: 'task', name: said, at: 1 }),
      event({ type: 'fail', field: 'f', message: said }),
      event({
        type: 'host',
        host: 'h',
        task: said,
        state: 'failed',
        seconds: 1,
        lines: [said],
        message: said,
      }),
    ]
    for (const one of shown) {
      expect(JSON.stringify(one)).toContain(CONCEALED)
      expect(JSON.stringify(one)).not.toContain(JSON.stringify(form).slice(1, -1))
    }
  }
})

test('a line of a private key, the half of a join token, and data of a kubeconfig are secrets, too', () => {
  const data = randomBytes(60).toString('base64')
  const kubeconfig = `apiVersion: v1\nusers:\n- name: admin\n  user: { client-key-data: ${data} }\n`
  const { text, learn } = concealer([pem, 'abcdef.0123456789abcdef'])
  learn(kubeconfig)
  expect(text(pem.split('\n')[3] ?? '')).toBe(CONCEALED)
  expect(text('token 0123456789abcdef of abcdef')).toBe(`token ${CONCEALED} of abcdef`)
  expect(text(`got ${data}`)).toBe(`got ${CONCEALED}`)
  expect(text(`all of\n${pem}`)).toBe(`all of\n${CONCEALED}\n`)
  expect(text('apiVersion: v1 of https://api.prod.slipway.internal:6443')).toContain(
    'apiVersion: v1 of https',
  )
})

test('the longer secret goes first, an empty one hides nothing, and a very short one is left where it is', () => {
  const { text } = concealer(['swordfish', 'swordfish-2', '', 'root'])
  expect(text('swordfish-2 and swordfish of root')).toBe(`${CONCEALED} and ${CONCEALED} of root`)
})

test('what a role gives back as data is not touched: a password may be an ordinary word', () => {
  const { event } = concealer(['debian'])
  const result = { os: { id: 'debian' } }
  const heard = {
    type: 'host',
    host: 'debian',
    task: 't',
    state: 'ok',
    seconds: 1,
    lines: [],
    result,
  } as const
  expect(event({ ...heard, lines: [] })).toEqual(heard)
})
