import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Connection, callApi, followApi } from '@slipway/cli/api'
import type { World } from './world.ts'

const services = {
  Project: 'slipway.project.v1.ProjectService',
  Identity: 'slipway.identity.v1.IdentityService',
  Credential: 'slipway.credential.v1.CredentialService',
  Host: 'slipway.host.v1.HostService',
  Cluster: 'slipway.cluster.v1.ClusterService',
  Operation: 'slipway.operation.v1.OperationService',
  Audit: 'slipway.audit.v1.AuditService',
  Version: 'slipway.version.v1.VersionService',
  Event: 'slipway.event.v1.EventService',
}
type Request = Record<string, unknown>

// biome-ignore lint/suspicious/noExplicitAny: each story knows the shape of the answer it asked for
export type Answer = any

/** A person who calls REST: `call('Cluster.ListClusters', {…})`. */
export type Person = {
  to: Connection
  call: (method: string, request?: Request) => Promise<Answer>
}

/** The person behind a connection. */
export function personAt(to: Connection): Person {
  return {
    to,
    call: (method, request) => {
      const [service = '', verb] = method.split('.')
      return callApi(to, `${services[service as keyof typeof services]}/${verb}`, request)
    },
  }
}

/** Makes a person with a role in a project. */
export async function newMember(
  administrator: Person,
  project: string,
  role: 'operator' | 'viewer',
): Promise<Person> {
  const { user, enrolmentCode } = await administrator.call('Identity.CreateUser', {
    name: `${role}-${randomUUID().slice(0, 8)}`,
  })
  await administrator.call('Project.SetMember', { project, user: user.id, role })
  const { url, ca } = administrator.to
  const { secret } = await personAt({ url, ca }).call('Identity.Enrol', { code: enrolmentCode })
  return personAt({ url, ca, token: secret })
}

/** A fresh project with some of the world's hosts in it, all ready. Answers their ids by name. */
export async function projectWithHosts(
  person: Person,
  world: World,
  names: readonly string[],
): Promise<{ project: string; hosts: Record<string, string> }> {
  const { id: project } = await person.call('Project.CreateProject', {
    name: `p-${randomUUID().slice(0, 8)}`,
  })
  const hosts: Record<string, string> = {}
  for (const host of world.hosts.filter(({ name }) => names.includes(name))) {
    const { id: credential } = await person.call('Credential.CreateCredential', {
      project,
      name: host.name,
      user: host.user,
      kind: 'private-key',
      privateKey: await readFile(host.sshKeyFile, 'utf8'),
      ...(host.sudoPasswordFile
        ? { sudoPassword: (await readFile(host.sudoPasswordFile, 'utf8')).trim() }
        : {}),
    })
    const { id } = await person.call('Host.CreateHost', {
      project,
      name: host.name,
      address: host.address,
      credential,
      profile: 'lab',
    })
    hosts[host.name] = id
  }
  await Promise.all(
    Object.values(hosts).map((id) =>
      until(
        () => person.call('Host.GetHost', { project, id }),
        ({ state }) => state === 'ready',
      ),
    ),
  )
  return { project, hosts }
}

/** Follows an operation to its end by SSE and answers it with every line of output. */
export async function followOperation(
  person: Person,
  project: string,
  id: string,
): Promise<{ operation: Answer; lines: Answer[] }> {
  let operation: Answer
  const lines: Answer[] = []
  for await (const { event, data } of followApi(person.to, `${services.Operation}/WatchOperation`, {
    project,
    id,
  })) {
    if (event === 'line') lines.push(data)
    else operation = data
  }
  return { operation, lines }
}

/** Asks again until the answer is as wanted; fails after two minutes with the last answer. */
export async function until<T>(
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  limitMs = 120_000,
): Promise<T> {
  const end = Date.now() + limitMs
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) return answer
    if (Date.now() > end) throw new Error(`it did not become so: ${JSON.stringify(answer).slice(0, 600)}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** Waits until a step of an operation runs, and answers the step; fails when the operation ends before. */
export async function stepBegins(
  person: Person,
  { project, id }: { project: string; id: string },
  name: string,
): Promise<Answer> {
  const step = (operation: Answer) => operation.steps.find((one: Answer) => one.name === name)
  const now = await until(
    () => person.call('Operation.GetOperation', { project, id }),
    (operation) => operation.state === 'failed' || step(operation).state === 'running',
  )
  if (now.failure) throw new Error(`it ended before: ${JSON.stringify(now.failure)}`)
  return step(now)
}

/** The events path of an operation, for stories that cut connections. */
export const watchOperation = `${services.Operation}/WatchOperation`
