import { invalid, type Problem, SlipwayError } from '@slipway/errors'
import { type Profiles, profileProblem } from '../profile/profile.ts'
import { addressProblem, type OwnAddresses } from './address.ts'
import type { NewHost } from './host.ts'

/** A problem of a host; a clash is one with what is there already. */
export type HostProblem = Problem & { clash: boolean }

/** What hosts are checked against. */
export type Known = {
  project: string
  own: OwnAddresses
  profiles: Profiles
  /** Ids of the project's credentials, by id and by name. */
  credentials: ReadonlyMap<string, string>
  /** Hosts that have one of the wanted names in this project, or one of the wanted addresses in any. */
  taken: readonly { project: string; name: string; address: string; port: number }[]
}

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/
const LONGEST_NAME = 63
const MOST_TAGS = 64

/** Everything that is wrong with each of some hosts, in their order. A good one takes its name and address from those after it. */
export function checkHosts(wanted: readonly NewHost[], known: Known): HostProblem[][] {
  const names = new Set(known.taken.filter((one) => one.project === known.project).map((one) => one.name))
  const places = new Set(known.taken.map(({ address, port }) => `${address}:${port}`))
  const foreign = new Set(
    known.taken.filter((one) => one.project !== known.project).map((one) => one.address),
  )
  return wanted.map((host) => {
    const clashes = clashProblems(host, { names, places, foreign })
    const problems = [
      ...fieldProblems(host, known).map((problem) => ({ ...problem, clash: false })),
      ...clashes.map((problem) => ({ ...problem, clash: true })),
    ]
    if (problems.length === 0) {
      names.add(host.name)
      places.add(`${host.address}:${host.port}`)
    }
    return problems
  })
}

/** The error for a host with problems: Conflict when it only clashes, else Invalid. */
export function refusal(problems: readonly HostProblem[]): SlipwayError {
  const plain = problems.map(({ field, message, hint }) => ({ field, message, hint }))
  const error = invalid(plain)
  return problems.every(({ clash }) => clash) ? new SlipwayError('Conflict', error.message, plain) : error
}

function fieldProblems(host: NewHost, { own, profiles, credentials }: Known): Problem[] {
  const problems: Problem[] = []
  if (!NAME.test(host.name) || host.name.length > LONGEST_NAME) {
    const message = `${JSON.stringify(host.name.slice(0, LONGEST_NAME))} is not a host name`
    problems.push({ field: 'name', message, hint: 'Lower-case letters, digits and hyphens, 63 at most.' })
  }
  const address = addressProblem(host.address, own)
  if (address) problems.push({ field: 'address', ...address })
  if (!Number.isInteger(host.port) || host.port < 1 || host.port > 65_535) {
    problems.push({ field: 'port', message: 'is no port', hint: 'Take 1 to 65535; SSH has 22.' })
  }
  if (!credentials.has(host.credential)) {
    const message = host.credential
      ? `there is no credential ${JSON.stringify(host.credential)}`
      : 'is missing'
    problems.push({ field: 'credential', message, hint: 'Give one of this project.' })
  }
  const profile = profileProblem(profiles, host.profile)
  if (profile) problems.push({ field: 'profile', ...profile })
  if (host.tags.length > MOST_TAGS || host.tags.some((tag) => !/^[^\p{Cc}]{1,63}$/u.test(tag))) {
    const hint = `At most ${MOST_TAGS} tags of 1 to 63 printable characters.`
    problems.push({ field: 'tags', message: 'are too many, too long or hold control characters', hint })
  }
  return problems
}

function clashProblems(
  { name, address, port }: NewHost,
  taken: { names: ReadonlySet<string>; places: ReadonlySet<string>; foreign: ReadonlySet<string> },
): Problem[] {
  const problems: Problem[] = []
  if (taken.names.has(name)) {
    problems.push({ field: 'name', message: `there is a host ${name} already`, hint: 'Take another name.' })
  }
  if (taken.foreign.has(address)) {
    const hint = 'A host has one project. Ask an administrator of this install who has it.'
    problems.push({ field: 'address', message: `${address} is in use outside of this project`, hint })
  } else if (taken.places.has(`${address}:${port}`)) {
    const hint = 'Use the host that is there, or give another address or port.'
    problems.push({ field: 'address', message: `${address} port ${port} is a host already`, hint })
  }
  return problems
}
