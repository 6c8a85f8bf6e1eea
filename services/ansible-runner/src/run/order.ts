import { isIP } from 'node:net'
import type { Problem } from '@slipway/errors'
import { dangerousKey, type Json } from '../playbook/unsafe.ts'

/** What a run is to do, on which hosts, with what. Texts of a Login and of secrets are sealed to this service. */
export type Order = {
  project: string
  operation: string
  step: string
  attempt: number
  playbook: string
  targets: Target[]
  variables: { [name: string]: Json }
  secrets: SealedVariable[]
  deadlineSeconds: number
  check: boolean
  quiet: boolean
}

/** A secret variable by its dotted name, and the place it was sealed for. */
export type SealedVariable = { name: string; sealed: string; object: string; field: string }

/** A host that is logged in to. */
export type Target = {
  name: string
  address: string
  port: number
  login: Login
  jump: Jump | undefined
  /** `type key` lines; empty on first contact. */
  hostKeys: string[]
  variables: { [name: string]: Json }
}

/** The host through which another is reached. */
export type Jump = { address: string; port: number; login: Login; hostKeys: string[] }

/** How to log in; empty texts are not there. */
export type Login = {
  credential: string
  user: string
  kind: string
  password: string
  privateKey: string
  passphrase: string
  sudoPassword: string
}

const TOKEN = /^[A-Za-z0-9_-]{1,200}$/
const NAME = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}\$?$/
const HOST_KEY = /^(ssh|ecdsa|sk)-[A-Za-z0-9@.-]+ [A-Za-z0-9+/]+=*$/
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/
// names that an inventory or our ssh configuration uses itself
const TAKEN = ['all', 'ungrouped', 'localhost']
const LONGEST_SECONDS = 86_400

/** Everything that is wrong with an order. Whatever comes into a file for ssh or a file name is of a narrow alphabet. */
export function problemsOf(order: Order): Problem[] {
  const problems: Problem[] = []
  const demand = (fine: boolean, field: string, message: string, hint: string) => {
    if (!fine) problems.push({ field, message, hint })
  }
  demand(TOKEN.test(order.project), 'project', 'is no id', 'Send the id of a project.')
  demand(TOKEN.test(order.operation), 'operation', 'is no id', 'Use letters, digits, - and _.')
  demand(TOKEN.test(order.step), 'step', 'is no name', 'Use letters, digits, - and _.')
  demand(
    /^[a-z][a-z0-9-]*\.yml$/.test(order.playbook),
    'playbook',
    'is no file name',
    'Send one like prepare.yml.',
  )
  demand(order.targets.length > 0, 'targets', 'are none', 'Name at least one host.')
  const { deadlineSeconds } = order
  demand(
    deadlineSeconds <= LONGEST_SECONDS,
    'deadline_seconds',
    'is over a day',
    `Send ${LONGEST_SECONDS} at most.`,
  )
  demandVariables('variables_json', order.variables, demand)
  for (const secret of order.secrets) {
    const fine = secret.name.split('.').every((part) => VARIABLE.test(part))
    demand(fine, `secrets.${secret.name}`, 'is no variable', 'Send a dotted name like slipway_repo.token.')
  }
  const names = new Set<string>()
  order.targets.forEach((target, index) => {
    const at = `targets[${index}]`
    const name = target.name.toLowerCase()
    demand(
      NAME.test(name) && !TAKEN.includes(name),
      `${at}.name`,
      'is no host name',
      'Use letters, digits, . and -.',
    )
    demand(!names.has(name), `${at}.name`, 'is there twice', 'Give every host a name of its own.')
    names.add(name)
    demandVariables(`${at}.variables_json`, target.variables, demand)
    problems.push(...problemsOfDoor(at, target))
    if (target.jump) problems.push(...problemsOfJump(`${at}.jump`, target.jump))
  })
  return problems
}

/** Everything that is wrong with a jump host. Its key must be known: there is nobody to accept it. */
export function problemsOfJump(at: string, jump: Jump): Problem[] {
  const problems = problemsOfDoor(at, jump)
  if (jump.hostKeys.length > 0) return problems
  const hint = 'Ask for it with ScanHostKey and pin what it answers.'
  return [...problems, { field: `${at}.host_keys`, message: 'the key of the jump host is not known', hint }]
}

/** Everything that is wrong with where and how to log in. */
export function problemsOfDoor(at: string, door: Omit<Jump, 'login'> & { login?: Login }): Problem[] {
  const { address, port, login, hostKeys } = door
  const problems: Problem[] = []
  if (!isIP(address) && !NAME.test(address)) {
    problems.push({
      field: `${at}.address`,
      message: 'is no address',
      hint: 'Send an IP address or a DNS name.',
    })
  }
  if (port < 1 || port > 65_535) {
    problems.push({ field: `${at}.port`, message: 'is no port', hint: 'Send 1 to 65535; SSH is 22.' })
  }
  if (login && !USER.test(login.user)) {
    problems.push({
      field: `${at}.login.user`,
      message: 'is no user name',
      hint: 'Change it in the credential.',
    })
  }
  if (login && login.kind !== 'password' && login.kind !== 'private-key') {
    problems.push({ field: `${at}.login.kind`, message: 'is unknown', hint: 'Send password or private-key.' })
  }
  if (!hostKeys.every((key) => HOST_KEY.test(key))) {
    problems.push({
      field: `${at}.host_keys`,
      message: 'are no host keys',
      hint: 'Send lines like `ssh-ed25519 AAAA…`.',
    })
  }
  return problems
}

function demandVariables(
  field: string,
  variables: { [name: string]: Json },
  demand: (fine: boolean, field: string, message: string, hint: string) => void,
): void {
  for (const name of Object.keys(variables)) {
    demand(VARIABLE.test(name), `${field}.${name}`, 'is no variable name', 'Use letters, digits and _.')
  }
  const key = dangerousKey(variables)
  demand(
    key === undefined,
    field,
    `holds the key ${key}, which Ansible gives a meaning`,
    'Choose another key.',
  )
}
