import type { Problem } from '@slipway/errors'
import { addressProblem, type OwnAddresses } from '../host/address.ts'
import type { Credential, NewCredential } from './credential.ts'
import { privateKeyProblem } from './private-key.ts'

/**
 * Everything that is wrong with a new credential. `jump` is the credential that its jump host names, if the project
 * has it; `own` are Slipway's own addresses.
 */
export async function credentialProblems(
  wanted: NewCredential,
  known: { jump: Credential | undefined; own: OwnAddresses },
): Promise<Problem[]> {
  const secret = wanted.kind === 'password' ? passwordProblems(wanted) : await keyProblems(wanted)
  return [...secret, ...lineProblems(wanted), ...jumpProblems(wanted, known)]
}

function passwordProblems({ password, privateKey, passphrase }: NewCredential): Problem[] {
  const problems: Problem[] = []
  if (password === '') {
    problems.push({ field: 'password', message: 'is missing', hint: 'Kind password needs one.' })
  }
  for (const [field, value] of Object.entries({ privateKey, passphrase })) {
    if (value !== '')
      problems.push({ field, message: 'has no use with kind password', hint: 'Leave it out.' })
  }
  return problems
}

async function keyProblems({ kind, password, privateKey, passphrase }: NewCredential): Promise<Problem[]> {
  if (kind !== 'private-key') {
    return [{ field: 'kind', message: `is ${JSON.stringify(kind)}`, hint: 'Take password or private-key.' }]
  }
  const problems: Problem[] = []
  if (password !== '') {
    const hint = 'Leave it out; the password that sudo asks for is sudoPassword.'
    problems.push({ field: 'password', message: 'has no use with kind private-key', hint })
  }
  if (privateKey === '') {
    problems.push({ field: 'privateKey', message: 'is missing', hint: 'Kind private-key needs one.' })
    return problems
  }
  const problem = await privateKeyProblem({ text: privateKey, passphrase })
  return problem ? [...problems, problem] : problems
}

/** What is typed at a prompt ends with its line. */
function lineProblems({ password, passphrase, sudoPassword }: NewCredential): Problem[] {
  return Object.entries({ password, passphrase, sudoPassword })
    .filter(([, value]) => /\p{Cc}/u.test(value))
    .map(([field]) => ({ field, message: 'holds a control character', hint: 'Look for a pasted line end.' }))
}

function jumpProblems(
  { jumpHost }: NewCredential,
  { jump, own }: { jump: Credential | undefined; own: OwnAddresses },
): Problem[] {
  if (!jumpHost) return []
  const problems: Problem[] = []
  const address = addressProblem(jumpHost.address, own)
  if (address) problems.push({ field: 'jumpHost.address', ...address })
  if (jumpHost.port < 1 || jumpHost.port > 65_535) {
    problems.push({ field: 'jumpHost.port', message: 'is no port', hint: 'Take 1 to 65535; SSH has 22.' })
  }
  const field = 'jumpHost.credential'
  if (!jump) {
    const message = jumpHost.credential ? `there is no credential ${jumpHost.credential}` : 'is missing'
    problems.push({ field, message, hint: 'Give the id of a credential of this project.' })
  } else if (jump.jumpAddress !== null) {
    const hint = 'Give one that logs in directly: there is one jump at most.'
    problems.push({ field, message: `${jump.name} has a jump host itself`, hint })
  }
  return problems
}
