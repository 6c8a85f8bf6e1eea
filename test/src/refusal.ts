import { randomUUID } from 'node:crypto'
import { request as httpsRequest } from 'node:https'
import { expect } from 'vitest'
import { type Answer, newMember, type Person, personAt, projectWithHosts, until } from './person.ts'
import type { World } from './world.ts'

export type Problem = { field: string; message: string; hint: string }
export type Refusal = { code: string; message: string; problems: Problem[] }
type Change = Record<string, unknown>

/** Where creates are handed in that are to be refused: a project, and an operator of it who asks. */
export type Desk = {
  administrator: Person
  operator: Person
  project: string
  /** Ids of its hosts, b-1 and b-2; of nothing where the story asked for no hosts. */
  one: string
  two: string
  /** A spec of two nodes, with something changed. */
  spec: (change?: Change, hosts?: [string, string]) => Change
  /** A create of these hosts, with something changed. */
  wish: (change?: Change) => Change
  /** The refusal of a create, which must have changed nothing that a person sees. */
  refused: (change: Change) => Promise<Refusal>
  /** Posts a body as it is to the route that creates clusters; without a key, a refusal must have changed nothing. */
  post: (body: string, key?: string) => Promise<{ status: number; body: Answer; problems: Problem[] }>
  /** Has a host's facts read again and answers it in the state it is wanted in. */
  refreshed: (id: string, state?: string) => Promise<Answer>
  /** Takes its hosts out of the project: a host has one, and the next story wants them. */
  close: () => Promise<void>
}

/** Opens a desk with a project of its own. */
export async function openDesk(world: World, hosts: readonly ('b-1' | 'b-2')[]): Promise<Desk> {
  const administrator = personAt(world.to)
  const made = await projectWithHosts(administrator, world, hosts)
  const { project } = made
  const [one = randomUUID(), two = randomUUID()] = hosts.map((name) => made.hosts[name])
  const operator = await newMember(administrator, project, 'operator')

  const spec = (change: Change = {}, [first, second]: [string, string] = [one, two]) => {
    const nodes = [
      { host: first, role: 'control-plane' },
      { host: second, role: 'worker' },
    ]
    return { kubernetesVersion: world.version, nodes, ...change }
  }
  const wish = (change: Change = {}) => ({ project, name: 'refused', spec: spec(), ...change })
  const seen = () =>
    Promise.all(
      ['Cluster.ListClusters', 'Host.ListHosts', 'Operation.ListOperations'].map((list) =>
        operator.call(list, { project }),
      ),
    )

  return {
    ...{ administrator, operator, project, one, two, spec, wish },
    refused: async (change) => {
      const before = await seen()
      const answer = await refusal(operator.call('Cluster.CreateCluster', wish(change)))
      expect(await seen()).toEqual(before)
      return answer
    },
    post: async (body, key) => {
      const before = key === undefined ? await seen() : undefined
      const answer = await postTo(operator, `/api/v1/projects/${project}/clusters`, body, key)
      const problems: Problem[] = answer.body.problems ?? []
      if (before) {
        expectWayOut(problems)
        expect(await seen()).toEqual(before)
      }
      return { ...answer, problems }
    },
    refreshed: async (id, state = 'ready') => {
      const { version } = await operator.call('Host.RefreshHost', { project, id })
      return until(
        () => operator.call('Host.GetHost', { project, id }),
        (host) => host.version > version && host.state === state,
      )
    },
    close: async () => {
      const { hosts } = await administrator.call('Host.ListHosts', { project })
      for (const { id } of hosts) await administrator.call('Host.DeleteHost', { project, id })
    },
  }
}

/** What a call was refused with; each of its problems must name its field and the way out. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    (answer) => Promise.reject(new Error(`it was taken: ${JSON.stringify(answer)}`)),
    (thrown) => thrown,
  )
  expect(error).toMatchObject({ code: expect.any(String), problems: expect.any(Array) })
  expectWayOut(error.problems)
  return error
}

/** What all problems of one field say. */
export function at(problems: readonly Problem[], field: string): string {
  return problems
    .filter((problem) => problem.field === field)
    .map(({ message }) => message)
    .join('\n')
}

function expectWayOut(problems: readonly Problem[]): void {
  expect(problems.length).toBeGreaterThan(0)
  for (const problem of problems) {
    for (const words of [problem.field, problem.message, problem.hint])
      expect(words, JSON.stringify(problem)).not.toBe('')
  }
}

function postTo(
  { to: { url, ca, token } }: Person,
  path: string,
  body: string,
  key: string | undefined,
): Promise<{ status: number; body: Answer }> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  }
  return new Promise((resolve, reject) => {
    const sending = httpsRequest(`${url}${path}`, { method: 'POST', ca, headers }, async (response) => {
      const text = (await response.setEncoding('utf8').toArray()).join('')
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) })
    })
    sending.on('error', reject)
    sending.end(body)
  })
}
