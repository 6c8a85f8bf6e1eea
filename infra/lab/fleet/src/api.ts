import { unavailable } from '@slipway/errors'
import { type ClusterAddress, readKubeconfig } from '@slipway/kube'
import { Agent, request } from 'undici'

/** An API server, asked as its administrator. A 404 and a 409 are answers: undefined. */
export type Api = {
  get: (path: string) => Promise<unknown>
  create: (path: string, body: object) => Promise<unknown>
  merge: (path: string, body: object) => Promise<unknown>
  remove: (path: string) => Promise<unknown>
  close: () => Promise<void>
}

const CONNECTIONS = 16

/** Opens one. */
export function openApi(kubeconfig: string, { address, port }: ClusterAddress): Api {
  const { authority: ca, certificate: cert, key } = readKubeconfig(kubeconfig)
  const dispatcher = new Agent({ connections: CONNECTIONS, connect: { ca, cert, key } })

  async function ask(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<unknown> {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const answer = await request(`https://${address}:${port}${path}`, {
      dispatcher,
      method,
      headers: { 'content-type': type },
      body: body && JSON.stringify(body),
    })
    const text = await answer.body.text()
    if (answer.statusCode === 404 || answer.statusCode === 409) return undefined
    if (answer.statusCode < 300) return JSON.parse(text)
    const said = `${method} ${path} was answered ${answer.statusCode}: ${text.slice(0, 300)}`
    throw unavailable('API server of the fleet', said, 'Read its words.')
  }

  return {
    get: (path) => ask('GET', path),
    create: (path, body) => ask('POST', path, body),
    merge: (path, body) => ask('PATCH', path, body),
    remove: (path) => ask('DELETE', path),
    close: () => dispatcher.close(),
  }
}
