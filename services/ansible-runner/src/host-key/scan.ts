import { invalid, unavailable } from '@slipway/errors'
import { scanDocument } from '../playbook/document.ts'
import { openLogin } from '../playbook/login.ts'
import { play } from '../playbook/play.ts'
import type { Context } from '../run/context.ts'
import { type Jump, problemsOfDoor, problemsOfJump } from '../run/order.ts'
import { fingerprint } from './fingerprint.ts'

const DEADLINE_MS = 25_000
const NAME = 'host'

/** Asks an address for its host key, through a jump host where there is one, without logging in to it. `id` is anything unique. */
export async function scanHostKey(
  { key, stage }: Pick<Context, 'key' | 'stage'>,
  asked: { project: string; address: string; port: number; jump: Jump | undefined; id: string },
  signal: AbortSignal,
): Promise<{ hostKeys: string[]; fingerprint: string }> {
  const { project, address, port, jump, id } = asked
  const problems = problemsOfDoor('host', { address, port, hostKeys: [] })
  if (jump) problems.push(...problemsOfJump('jump', jump))
  if (problems.length > 0) throw invalid(problems)
  const document = scanDocument({
    name: NAME,
    address,
    port,
    login: nobody,
    jump: jump && { ...jump, login: await openLogin(key, project, jump.login) },
    hostKeys: [],
    variables: {},
  })
  const said: string[] = []
  let shown: string | undefined
  await play(stage, document, {
    id,
    signal,
    deadlineMs: DEADLINE_MS,
    onEvent: async (event) => {
      if (event.type === 'lines') said.push(...event.lines)
      if (event.type === 'fail') said.push(`${event.field}: ${event.message}`)
      if (event.type === 'end') shown = event.presented[NAME]
    },
  })
  if (!shown) {
    const words = said.join(' ').trim() || 'no answer'
    const hint = 'Check address and port, that SSH runs there, and the jump host if there is one.'
    throw unavailable('address', `${address} port ${port} shows no host key: ${words}`, hint)
  }
  return { hostKeys: [shown], fingerprint: fingerprint(shown) }
}

// Nobody logs in: ssh only wants a name to ask for.
const nobody = {
  credential: '',
  user: 'nobody',
  kind: 'password',
  password: '',
  privateKey: '',
  passphrase: '',
  sudoPassword: '',
}
