import { open, type PublicKeys, type ServiceKey, seal } from '@slipway/secrets'
import type { AnswerSeal } from './idempotency.ts'
import type { CallName } from './store.ts'

const SERVICE = 'api-gateway'

/** Seals stored answers to this service's own key, each bound to the call that it answers. */
export function answerSeal(key: ServiceKey, publicKeys: PublicKeys): AnswerSeal {
  return {
    seal: (name, answer) => seal(publicKeys, SERVICE, Buffer.from(answer).toString('base64'), whereOf(name)),
    open: async (name, sealed) => Buffer.from(await open(key, sealed, whereOf(name)), 'base64'),
  }
}

function whereOf({ principal, method, key }: CallName) {
  return { project: principal, object: method, field: key }
}
